import { randomUUID } from 'node:crypto';

/** The program's own log: JSON lines, never bodies, secrets or entries. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Logs a bug with its stack and gives back a reference to show to the person. */
  bug(error: unknown, fields?: Readonly<Record<string, unknown>>): string;
}

/** `write` gets one finished line, with its newline. */
export const createLog = (write: (line: string) => void): Log => {
  const line = (level: string, message: string, fields: Readonly<Record<string, unknown>>): void =>
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
  return {
    info: (message, fields = {}) => line('info', message, fields),
    warn: (message, fields = {}) => line('warn', message, fields),
    bug: (error, fields = {}) => {
      const reference = randomUUID().slice(0, 8);
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      line('error', error instanceof Error ? error.message : 'thrown value', { ...fields, reference, stack });
      return reference;
    },
  };
};

import type { Say } from '#main/cli/messages.ts';
import type { Terminal } from '#main/cli/terminal.ts';

/** What every command is given. */
export interface Run {
  readonly terminal: Terminal;
  readonly say: Say;
  readonly version: string;
  /** Absolute path of the data folder. */
  readonly dataFolder: string;
  /** Print results for machines. */
  readonly json: boolean;
  /** Aborts at the first Ctrl+C or SIGTERM. */
  readonly signal: AbortSignal;
}

/** Does a command and gives back its exit code. */
export type Command<Options> = (run: Run, options: Options) => Promise<number>;

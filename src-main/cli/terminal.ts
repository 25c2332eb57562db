import type { Language } from '#shared/contract/errors.ts';

/** How often the progress line is drawn anew, in milliseconds. */
const progressEvery = 100;
/** Width of an answer that goes to no terminal. */
const widthElsewhere = 160;

/** Back to the start of the line and clear it (ECMA-48: CR, EL 2). */
const clearLine = '\r\u001b[2K';

export interface Terminal {
  readonly language: Language;
  /** Columns of the screen, for tables. */
  readonly width: number;
  /** Whether the reader of the answer is a person at a screen. */
  readonly isScreen: boolean;
  /** Writes to standard output; resolves when there is room for more. */
  print(text: string): Promise<void>;
  /** One line on standard error, for people. */
  note(line: string): void;
  /** Shows a passing line on standard error; nothing at all where that is no terminal. */
  progress(line: () => string): void;
  clearProgress(): void;
  /** 24,408 or 24.408 */
  number(value: number): string;
}

export const createTerminal = (language: Language): Terminal => {
  const { stdout, stderr } = process;
  const numbers = new Intl.NumberFormat(language === 'es' ? 'es-MX' : 'en-US');
  let shown = false;
  let drawnAt = 0;
  const clearProgress = (): void => {
    if (shown) stderr.write(clearLine);
    shown = false;
  };
  return {
    language,
    width: stdout.isTTY ? stdout.columns : widthElsewhere,
    isScreen: stdout.isTTY,
    print: (text) =>
      new Promise((resolve) => {
        clearProgress();
        if (stdout.write(text)) resolve();
        else stdout.once('drain', resolve);
      }),
    note: (line) => {
      clearProgress();
      stderr.write(`${line}\n`);
    },
    progress: (line) => {
      if (!stderr.isTTY || performance.now() - drawnAt < progressEvery) return;
      drawnAt = performance.now();
      shown = true;
      stderr.write(`${clearLine}${[...line()].slice(0, stderr.columns - 1).join('')}`);
    },
    clearProgress,
    number: (value) => numbers.format(value),
  };
};

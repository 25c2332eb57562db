import { readFile } from 'node:fs/promises';
import type { Say } from '#main/cli/messages.ts';
import { BitacoraError } from '#shared/contract/errors.ts';

export const usageError = (reason: string): BitacoraError => new BitacoraError('usage', { reason });

/** A whole number from `least` to `most`. Throws `usage`. */
export const readWhole = (say: Say, option: string, value: string, least: number, most: number): number => {
  const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) throw usageError(say('badOptionValue', { option, value }));
  return number;
};

/** One of the words that an option takes. Throws `usage`. */
export const readChoice = <T extends string>(say: Say, option: string, value: string, choices: readonly T[]): T => {
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined) {
    throw usageError(say('badOptionChoice', { option, value, choices: choices.join(', ') }));
  }
  return chosen;
};

/** An IANA zone that this Node knows. Throws `usage`. */
export const readZone = (say: Say, zone: string): string => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) throw usageError(say('unknownZone', { zone }));
    throw error;
  }
};

/** The content of a JSON file that an option names. Throws `file_not_found`, `file_unreadable` and `usage`. */
export const readJsonFile = async (say: Say, option: string, path: string): Promise<unknown> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new BitacoraError('file_not_found', { path });
    throw new BitacoraError('file_unreadable', { path, reason: code ?? String(error) }, { cause: error });
  }
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw usageError(say('badJsonFile', { path, option, reason: say('notJson') }));
  }
};

import type { Language } from '#shared/contract/errors.ts';

/** `--lang es`, or `--lang=es`, anywhere before a `--`. Looked for before the options are read, whose help is in it. */
const asked = (words: readonly string[]): string | undefined => {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  const at = options.indexOf('--lang');
  return options.find((word) => word.startsWith('--lang='))?.slice('--lang='.length) ?? options[at < 0 ? -1 : at + 1];
};

/** The language of a run: `--lang`, else what the environment says (POSIX: LC_ALL, LC_MESSAGES, LANG), else English. */
export const chooseLanguage = (
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Language => {
  const wish = asked(words) ?? (env.LC_ALL || env.LC_MESSAGES || env.LANG || '');
  return wish.toLowerCase().startsWith('es') ? 'es' : 'en';
};

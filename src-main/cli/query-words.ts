/** A condition that excludes, `-evento:UPDATE` or `-"una frase"`, is not an option, though it begins like one. */
const excludes = /^-[^-].+/su;

/** Puts the excluding conditions of `bitacora query …` and `export …` behind a `--`, where nothing is taken for an option. */
export const queryWordsLast = (words: readonly string[]): string[] => {
  const [command, ...rest] = words;
  if ((command !== 'query' && command !== 'export') || rest.includes('--')) return [...words];
  const isCondition = (word: string, i: number): boolean =>
    // `--sort -occurredAt`: the value of the option before it.
    excludes.test(word) &&
    !/^--(?:sort|limit|after|format|to|columns|delimiter|paper|orientation|zone|data|lang)$/.test(rest[i - 1] ?? '');
  const conditions = rest.filter(isCondition);
  if (conditions.length === 0) return [...words];
  return [command, ...rest.filter((word, i) => !isCondition(word, i)), '--', ...conditions];
};

/**
 * Puts the parts of a rotated set in the order in which they were written: `audit.log.10 … audit.log.1 audit.log`, also
 * when packed. Files of no set stay where they are; a set stands where its first part stood.
 */
export const inWrittenOrder = (files: readonly string[]): readonly string[] => {
  const sets = new Map<string, { readonly file: string; readonly age: number }[]>();
  for (const file of files) {
    const [, base = file, age = '0'] = /^(.+?)(?:\.(\d{1,6}))?(?:\.gz)?$/.exec(file) ?? [];
    const set = sets.get(base) ?? [];
    set.push({ file, age: Number(age) });
    sets.set(base, set);
  }
  return [...sets.values()].flatMap((set) => set.sort((a, b) => b.age - a.age).map(({ file }) => file));
};

import { fold } from '#shared/text/fold.ts';

/** Finds the hashes that several records of a chunk have, letter case aside: where there are none, one entry tells for all. */
export const createMixedRecords = (): {
  /** Takes the record of an entry. */
  add(hash: number, recordId: string): void;
  /** The hashes, ascending. */
  mixed(): Uint32Array;
} => {
  const texts = new Map<number, string>();
  const mixed = new Set<number>();
  return {
    add: (hash, recordId) => {
      const known = texts.get(hash);
      if (known === undefined) texts.set(hash, recordId);
      else if (known !== recordId && fold(known, false) !== fold(recordId, false)) mixed.add(hash);
    },
    mixed: () => Uint32Array.from(mixed).sort(),
  };
};

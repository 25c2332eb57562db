/** Chunks that an estimate looks into: so many that nobody waits for them, spread evenly over the ledger. */
const sampleSize = 16;

/** The chunks of a sample, ascending: all of few. */
export const sampleOf = (chunks: number): readonly number[] => {
  const size = Math.min(chunks, sampleSize);
  return Array.from({ length: size }, (_, place) => Math.floor(((place + 0.5) * chunks) / size));
};

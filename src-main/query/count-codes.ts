/** How many of some rows of a chunk have each of its own codes, of which there are `size`. */
export const countCodes = (codes: Uint8Array | Uint16Array, rows: ArrayLike<number>, size: number): Uint32Array => {
  const counts = new Uint32Array(size);
  for (let i = 0; i < rows.length; i++) {
    const code = codes[rows[i] as number] as number;
    counts[code] = (counts[code] as number) + 1;
  }
  return counts;
};

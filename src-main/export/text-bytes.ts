/** UTF-8 takes at most so many bytes for a unit of UTF-16. */
const mostBytesPerUnit = 3;
const firstCapacity = 256 * 1024;

/**
 * Gathers texts as UTF-8. Row by row: one row's rare characters then cost that row, where in a text of a thousand rows
 * they would make V8 keep and convert all of it the slow way.
 */
export const createTextBytes = () => {
  let buffer = Buffer.allocUnsafeSlow(firstCapacity);
  let used = 0;
  return {
    add: (text: string): void => {
      const most = used + text.length * mostBytesPerUnit;
      if (most > buffer.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(most, buffer.length * 2));
        buffer.copy(larger, 0, 0, used);
        buffer = larger;
      }
      used += buffer.write(text, used, 'utf8');
    },
    /** What was gathered, which lasts until something is added again. */
    take: (): Buffer => {
      const bytes = buffer.subarray(0, used);
      used = 0;
      return bytes;
    },
  };
};

/**
 * Sets of small numbers as bytes: varint gaps, or a bitmap where that is not longer. Gaps are always shorter than the
 * bitmap of the same domain, so that the length alone says which of the two it is.
 */

/** Bytes that are put together piece by piece. */
export const createByteWriter = (initial = 1024) => {
  let bytes = new Uint8Array(initial);
  let length = 0;
  const reserve = (more: number): void => {
    if (length + more <= bytes.length) return;
    const wider = new Uint8Array(Math.max(bytes.length * 2, length + more));
    wider.set(bytes.subarray(0, length));
    bytes = wider;
  };
  /** A whole number from 0 to 2^53, seven bits at a time. */
  const varint = (value: number): void => {
    reserve(8);
    let rest = value;
    while (rest >= 0x80000000) {
      bytes[length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      bytes[length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[length++] = rest;
  };
  return {
    varint,
    /** The ascending, distinct numbers `list[from … to)`, each below `domain`. */
    set: (list: ArrayLike<number>, from: number, to: number, domain: number): void => {
      const bitmapBytes = Math.ceil(domain / 8);
      const start = length;
      let previous = -1;
      for (let i = from; i < to; i++) {
        const value = list[i] as number;
        varint(value - previous - 1);
        previous = value;
        if (length - start >= bitmapBytes) {
          length = start;
          reserve(bitmapBytes);
          bytes.fill(0, start, start + bitmapBytes);
          for (let j = from; j < to; j++) {
            const bit = list[j] as number;
            const at = start + (bit >>> 3);
            bytes[at] = (bytes[at] as number) | (1 << (bit & 7));
          }
          length = start + bitmapBytes;
          return;
        }
      }
    },
    length: (): number => length,
    /** What was written, as long as nothing else is. */
    bytes: (): Uint8Array => bytes.subarray(0, length),
    clear: (): void => {
      length = 0;
      if (bytes.length > initial * 4) bytes = new Uint8Array(initial);
    },
  };
};

/** Sets the bits of the set in `bytes[from … to)`. Numbers past the end of `words` are left out. */
export const markSet = (bytes: Uint8Array, from: number, to: number, domain: number, words: Uint32Array): void => {
  if (to - from >= Math.ceil(domain / 8)) {
    for (let i = from; i < to; i++) {
      const word = (i - from) >>> 2;
      words[word] = (words[word] as number) | ((bytes[i] as number) << (((i - from) & 3) * 8));
    }
    return;
  }
  let value = -1;
  for (let i = from; i < to; ) {
    let byte = bytes[i++] as number;
    let gap = byte & 127;
    for (let shift = 7; byte >= 128 && i < to; shift += 7) {
      byte = bytes[i++] as number;
      gap |= (byte & 127) << shift;
    }
    value += gap + 1;
    const word = value >>> 5;
    words[word] = (words[word] as number) | (1 << (value & 31));
  }
};

/** Reads varints one after the other; 0 past the end. */
export const createByteReader = (bytes: Uint8Array) => {
  let at = 0;
  return {
    varint: (): number => {
      let byte = bytes[at++] ?? 0;
      let value = byte & 127;
      for (let scale = 128; byte >= 128; scale *= 128) {
        byte = bytes[at++] ?? 0;
        value += (byte & 127) * scale;
      }
      return value;
    },
  };
};

import { hash } from 'node:crypto';
import { chunkWords } from './columns/chunk.ts';

/** Answers that are kept at most and at least, and bytes of all where they are more than those few. */
const slots = 24;
const fewSlots = 4;
const keptBytes = 32 * 1024 * 1024;
/** Bytes that address space is reserved for in each answer (100 million entries). */
const mostBytes = 12_500_992;
/** Words of a slot's state: a sequence, odd while it is written, and the key. */
const stateWords = 5;

/**
 * Which entries match a search, once a thread has looked at all texts: the others take it from here. An answer belongs to
 * a key that says the whole question, the newest entry included, so that it never grows old.
 */
export interface SettledMatches {
  readonly state: SharedArrayBuffer;
  readonly bits: readonly SharedArrayBuffer[];
}

export const createSettledMatches = (): SettledMatches => ({
  state: new SharedArrayBuffer((1 + slots * stateWords) * Int32Array.BYTES_PER_ELEMENT),
  bits: Array.from({ length: slots }, () => new SharedArrayBuffer(0, { maxByteLength: mostBytes })),
});

const digestOf = (key: string): Int32Array => {
  const digest = hash('sha256', key, 'buffer');
  return Int32Array.from({ length: stateWords - 1 }, (_, i) => digest.readInt32LE(i * 4));
};

/** One question's place among the settled matches. */
export const openSettledMatches = (shared: SettledMatches) => {
  const state = new Int32Array(shared.state);
  const stateAt = (slot: number): number => 1 + slot * stateWords;

  return (key: string) => {
    const digest = digestOf(key);
    const isOurs = (slot: number): boolean =>
      digest.every((word, i) => Atomics.load(state, stateAt(slot) + 1 + i) === word);

    return {
      /** A copy of a chunk's matches; null when nobody has settled the question. */
      chunk: (number: number): Uint32Array | null => {
        for (let slot = 0; slot < slots; slot++) {
          const before = Atomics.load(state, stateAt(slot));
          const buffer = shared.bits[slot];
          const at = number * chunkWords * Uint32Array.BYTES_PER_ELEMENT;
          if (before === 0 || (before & 1) === 1 || !buffer || !isOurs(slot)) continue;
          if (buffer.byteLength < at + chunkWords * Uint32Array.BYTES_PER_ELEMENT) continue;
          const copy = new Uint32Array(buffer, at, chunkWords).slice();
          // Somebody may have begun to write another answer meanwhile.
          if (Atomics.load(state, stateAt(slot)) === before) return copy;
        }
        return null;
      },
      /** Tells the others. `bitsOf`: the matches of a chunk. */
      publish: (chunks: number, bitsOf: (chunk: number) => Uint32Array): void => {
        const bytes = chunks * chunkWords * Uint32Array.BYTES_PER_ELEMENT;
        if (bytes > mostBytes) return;
        const room = Math.max(fewSlots, Math.min(slots, Math.floor(keptBytes / bytes)));
        const slot = (Atomics.add(state, 0, 1) >>> 0) % room;
        const buffer = shared.bits[slot];
        if (!buffer) return;
        const before = Atomics.load(state, stateAt(slot));
        // Odd: another thread is at it.
        if ((before & 1) === 1 || Atomics.compareExchange(state, stateAt(slot), before, before + 1) !== before) return;
        if (buffer.byteLength < bytes) buffer.grow(bytes);
        const words = new Uint32Array(buffer);
        for (let chunk = 0; chunk < chunks; chunk++) words.set(bitsOf(chunk), chunk * chunkWords);
        for (const [i, word] of digest.entries()) Atomics.store(state, stateAt(slot) + 1 + i, word);
        Atomics.store(state, stateAt(slot), before + 2);
      },
    };
  };
};
export type SettledAnswer = ReturnType<ReturnType<typeof openSettledMatches>>;

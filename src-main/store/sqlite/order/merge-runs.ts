import { createFenceMaker } from './fence-maker.ts';
import type { OrderWriter } from './order-file.ts';
import type { RunCursor } from './run-file.ts';

/** A heap of runs by (key they stand at, place in the list); the first is the next to be taken. */
const createRunHeap = (runs: readonly RunCursor[]) => {
  const heap: number[] = [];
  const before = (a: number, b: number): boolean => {
    const x = (runs[a] as RunCursor).key;
    const y = (runs[b] as RunCursor).key;
    return x < y || (x === y && a < b);
  };
  const sink = (from: number): void => {
    const run = heap[from] as number;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as number, heap[child] as number)) child += 1;
      if (!before(heap[child] as number, run)) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = run;
  };
  for (const [i, run] of runs.entries()) if (run.next()) heap.push(i);
  for (let at = (heap.length >>> 1) - 1; at >= 0; at--) sink(at);
  return {
    first: (): RunCursor | undefined => (heap[0] === undefined ? undefined : runs[heap[0]]),
    /** The first run goes to its next key. */
    advance: (): void => {
      const first = heap[0] as number;
      if (!(runs[first] as RunCursor).next()) {
        const last = heap.pop() as number;
        if (heap.length === 0) return;
        heap[0] = last;
      }
      sink(0);
    },
  };
};

/** Runs between two looks at whether to stop. */
const lookEvery = 512;

/** Merges runs that together cover the entries 1 … n into an order, a bounded piece at a time. */
export const createMerge = (runs: readonly RunCursor[], writer: OrderWriter, stride: number) => {
  const heap = createRunHeap(runs);
  const fences = createFenceMaker(writer, stride);
  let emptied = 0;
  let filled = -1;
  return {
    /** Entries with a value; known once all of those are written. */
    filled: (): number => filled,
    /** Writes some `rows` places; false when everything is written. Ends early, with all in order, when it should stop. */
    step: (rows: number, shouldStop: () => boolean): boolean => {
      const until = writer.place + rows;
      for (let taken = 0; writer.place < until; taken++) {
        if (taken % lookEvery === lookEvery - 1 && shouldStop()) return true;
        const run = heap.first();
        if (!run) break;
        fences.begin(run.key);
        for (let left = run.count; left > 0; left--) writer.put(run.base + run.takeRow());
        heap.advance();
      }
      if (heap.first()) return true;
      if (filled < 0) {
        fences.end();
        filled = writer.place;
      }
      while (emptied < runs.length) {
        if (writer.place >= until || shouldStop()) return true;
        const run = runs[emptied++] as RunCursor;
        if (run.filled < run.length) for (const row of run.empties()) writer.put(run.base + row);
      }
      return false;
    },
  };
};

import { tmpdir } from 'node:os';
import path from 'node:path';
import { importFile } from '#main/capture/import-file.ts';
import { generateTrail } from '#main/demo/generate-trail.ts';
import type { NewEntry } from '#main/store/new-entry.ts';
import { importOptionsSchema } from '#shared/contract/import.ts';

const batchEntries = 2000;

/** Takes the entries of a trail, a batch at a time, in their order; the next comes when it is done. */
export type TakeBatch = (entries: readonly NewEntry[]) => void | Promise<void>;

/** Reads a trail as `import` reads it, and hands it on instead of storing it. */
export const readEntries = async (file: string, take: TakeBatch): Promise<void> => {
  await importFile({
    path: file,
    options: importOptionsSchema.parse({}),
    rejectsFolder: path.join(tmpdir(), `bitacora-bench-rejects-${process.pid}`),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ledger: {
      beginImport: async () => ({ importId: 1, checkpoint: null }),
      prepare: (entries) => async () => {
        await take(entries);
        return { stored: entries.length, duplicates: 0 };
      },
      finishImport: async () => undefined,
    },
  });
};

/** How many entries a trail has, and between which times they lie. */
export interface TrailSpan {
  readonly entries: number;
  /** Microseconds since 1970. */
  readonly first: number;
  readonly last: number;
}

export const spanOfFile = async (file: string): Promise<TrailSpan> => {
  let entries = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  await readEntries(file, (batch) => {
    entries += batch.length;
    for (const { occurredAt } of batch) {
      first = Math.min(first, occurredAt);
      last = Math.max(last, occurredAt);
    }
  });
  return { entries, first, last };
};

/**
 * The n-th telling of an entry: another identity, and a time of its own. One telling follows the other and all together
 * take as long as the trail itself did, each being told so many times as fast: thirty tellings of fourteen years would
 * else end in the year 2430. Milliseconds, as the trail has them.
 */
const retold = (entry: NewEntry, telling: number, tellings: number, { first, last }: TrailSpan): NewEntry => {
  const eventId = Buffer.from(entry.eventId);
  eventId.writeUInt32BE((eventId.readUInt32BE(12) ^ telling) >>> 0, 12);
  const length = (last - first) / tellings;
  const at = first + telling * length + (entry.occurredAt - first) / tellings;
  return {
    ...entry,
    eventId,
    occurredAt: Math.floor(at / 1000) * 1000,
    occurredText: null,
    sourceEntryId:
      telling === 0 || entry.sourceEntryId === null ? entry.sourceEntryId : `${telling}-${entry.sourceEntryId}`,
  };
};

/** Hands over `rows` entries of a trail file; one that has fewer is told again and again, its times and ids shifted. */
export const retellFile = async (file: string, span: TrailSpan, rows: number, take: TakeBatch): Promise<void> => {
  const tellings = Math.ceil(rows / span.entries);
  let left = rows;
  for (let telling = 0; telling < tellings; telling++) {
    await readEntries(file, async (batch) => {
      if (left <= 0) return;
      const wanted = batch.slice(0, left);
      left -= wanted.length;
      await take(tellings === 1 ? wanted : wanted.map((entry) => retold(entry, telling, tellings, span)));
    });
  }
};

/** Hands over our own demo trail. */
export const tellDemo = async (rows: number, take: TakeBatch): Promise<void> => {
  let batch: NewEntry[] = [];
  for (const entry of generateTrail({ rows, seed: 1 })) {
    batch.push(entry);
    if (batch.length < batchEntries) continue;
    await take(batch);
    batch = [];
  }
  if (batch.length > 0) await take(batch);
};

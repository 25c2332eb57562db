import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ledgerFileOf } from '#main/store/sqlite/open-ledger.ts';
import { openBareLedger } from './bare-ledger.ts';
import { eventIdEnd, eventIdStart, type LoadResult } from './capture/load-plan.ts';
import { type SentEntry, sentEntryOf, sentRow } from './capture/sent-entries.ts';
import { isServeBuilt, runLoad, type Server, settled, startBareServer, startServe } from './capture/servers.ts';
import { compareStored, readAcknowledged } from './capture/stored-entries.ts';
import { spreadOf } from './measures.ts';
import type { Cell } from './parsed-rows.ts';
import type { BenchReport } from './report.ts';
import type { Trail } from './trail.ts';

const singleGoal = 3000;
const singleRatioGoal = 0.5;
const p99Goal = 50;
const batchRatioGoal = 0.4;

const singleConnections = 32;
const batchConnections = 4;
const batchEntries = 1000;
const roundSeconds = 6;
const warmUpSeconds = 4;
/** Different entries that are sent; then again, under new ids. */
const differentEntries = 4000;

const readEntries = async (trail: Trail): Promise<readonly SentEntry[]> => {
  const entries: SentEntry[] = [];
  await trail.tell((batch) => {
    for (const entry of batch) if (entries.length < differentEntries) entries.push(sentEntryOf(entry));
  });
  return entries.slice(0, entries.length - (entries.length % batchEntries));
};

const rateOf = ({ acknowledged, milliseconds }: LoadResult): number => (acknowledged * 1000) / milliseconds;

/** Rows a second of the bare loop: a transaction for each batch, on the disk when it ends. */
const runBareLoop = (insert: (rows: readonly (readonly Cell[])[]) => void, rows: readonly (readonly Cell[])[]) => {
  const began = performance.now();
  let inserted = 0;
  while (performance.now() - began < roundSeconds * 1000) {
    const first = inserted % rows.length;
    insert(rows.slice(first, first + batchEntries));
    inserted += batchEntries;
  }
  return (inserted * 1000) / (performance.now() - began);
};

/** `capture`: entries a second over HTTP, acknowledged on disk, one by one and in batches, against the bare ways. */
export const measureCapture = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  const nothing = { bench: 'capture', did: { trail: trail.name }, figures: [], differences: [], notes: [] };
  if (!isServeBuilt()) return { ...nothing, skipped: 'build first: npm run build' };
  const entries = await readEntries(trail);
  if (entries.length === 0) return { ...nothing, skipped: `the trail has fewer than ${batchEntries} entries` };
  const folder = await trail.folder();
  const dataFolder = path.join(folder, 'data');
  mkdirSync(dataFolder);
  const entriesFile = path.join(folder, 'entries.ndjson');
  writeFileSync(entriesFile, entries.map((entry) => JSON.stringify(entry)).join('\n'));
  const now = Date.now();
  const occurredAt = new Date(now).toISOString();
  const bareRows = entries.map((entry, number) =>
    sentRow({ ...entry, eventId: eventIdStart(now) + eventIdEnd(number), occurredAt }),
  );

  let sent = 0;
  const acknowledged = new Map<number, number>();
  const load = async (server: Server, batch: number, seconds: number, isOurs: boolean): Promise<LoadResult> => {
    // A run begins where the list of entries does, so that a number says which entry it is.
    const firstNumber = Math.ceil(sent / entries.length) * entries.length;
    const acknowledgedFile = path.join(folder, 'acknowledged');
    const connections = batch === 1 ? singleConnections : batchConnections;
    const { url, token } = server;
    const result = await runLoad({
      ...{ url, token, connections, batch, seconds, entriesFile, firstNumber, acknowledgedFile },
    });
    sent = firstNumber + result.sent;
    if (isOurs) {
      await settled(server);
      for (const [number, id] of readAcknowledged(acknowledgedFile)) acknowledged.set(number, id);
    }
    return result;
  };

  const single: { ours: LoadResult[]; bare: LoadResult[] } = { ours: [], bare: [] };
  const batches: { ours: LoadResult[]; bare: number[] } = { ours: [], bare: [] };
  const ours = await startServe(dataFolder);
  const bare = await startBareServer(path.join(folder, 'bare.db'));
  const bareLoop = openBareLedger(path.join(folder, 'bare-loop.db'));
  try {
    for (const batch of [1, batchEntries]) await load(ours, batch, warmUpSeconds, true);
    await load(bare, 1, warmUpSeconds, false);
    for (let round = 0; round < rounds; round += 1) {
      const oursFirst = round % 2 === 0;
      const oneByOne = async (): Promise<void> => void single.ours.push(await load(ours, 1, roundSeconds, true));
      const inBatches = async (): Promise<void> =>
        void batches.ours.push(await load(ours, batchEntries, roundSeconds, true));
      if (oursFirst) await oneByOne();
      single.bare.push(await load(bare, 1, roundSeconds, false));
      if (!oursFirst) await oneByOne();
      if (oursFirst) await inBatches();
      batches.bare.push(runBareLoop(bareLoop.insert, bareRows));
      if (!oursFirst) await inBatches();
    }
  } finally {
    bareLoop.close();
    await bare.close();
    await ours.close();
  }
  const sentAs = (number: number): SentEntry => entries[number % entries.length] ?? {};
  const differences = compareStored(ledgerFileOf(dataFolder), acknowledged, sentAs);

  const singleOurs = spreadOf(single.ours.map(rateOf));
  const singleBare = spreadOf(single.bare.map(rateOf));
  const singleRatio = singleOurs.median / singleBare.median;
  const latency = (name: 'p50' | 'p99') => ({
    ours: spreadOf(single.ours.map((result) => result[name])),
    bare: spreadOf(single.bare.map((result) => result[name])),
  });
  const p99 = latency('p99');
  const batchOurs = spreadOf(batches.ours.map(rateOf));
  const batchBare = spreadOf(batches.bare);
  const batchRatio = batchOurs.median / batchBare.median;
  const told = { ratio: null, required: null, reached: null };
  return {
    bench: 'capture',
    did: { trail: trail.name, stored: acknowledged.size, rounds, secondsEach: roundSeconds },
    figures: [
      {
        what: `one by one, ${singleConnections} connections`,
        unit: 'entries/s',
        ours: singleOurs,
        bare: singleBare,
        ratio: null,
        required: `≥ ${singleGoal.toLocaleString('en-US')}`,
        reached: singleOurs.median >= singleGoal,
      },
      {
        what: '… against bare Fastify, one insert per group commit',
        unit: 'entries/s',
        ours: singleOurs,
        bare: singleBare,
        ratio: singleRatio,
        required: `≥ ${singleRatioGoal} ×`,
        reached: singleRatio >= singleRatioGoal,
      },
      {
        what: '… until answered, p99',
        unit: 'ms',
        ...p99,
        ratio: null,
        required: `< ${p99Goal}`,
        reached: p99.ours.median < p99Goal,
      },
      { what: '… until answered, p50', unit: 'ms', ...latency('p50'), ...told },
      {
        what: `batches of ${batchEntries.toLocaleString('en-US')}, ${batchConnections} connections`,
        unit: 'entries/s',
        ours: batchOurs,
        bare: batchBare,
        ratio: batchRatio,
        required: `≥ ${batchRatioGoal} ×`,
        reached: batchRatio >= batchRatioGoal,
      },
    ],
    differences,
    notes: [
      'ours: the built bitacora serve; entries with event ids, redacted, indexed meanwhile. Bare, one by one: Fastify, a transaction and a sync for all that wait, one table without an index; bare batches: the rows inserted in a loop without HTTP, a sync for each batch. The sender is a process of its own on the same machine.',
    ],
    skipped: null,
  };
};

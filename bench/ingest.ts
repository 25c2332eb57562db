import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { packEntries } from '#main/store/packed-entries.ts';
import { createAppender } from '#main/store/sqlite/appender.ts';
import { ledgerFileOf } from '#main/store/sqlite/open-ledger.ts';
import { openLedgerForWriting } from '#main/store/sqlite/open-ledger-file.ts';
import { digestOfBare, digestOfLedger, openBareLedger } from './bare-ledger.ts';
import { openBenchEngine } from './bench-engine.ts';
import { spreadOf } from './measures.ts';
import { parsedRow } from './parsed-rows.ts';
import type { BenchReport } from './report.ts';
import { bytesOf, type Trail } from './trail.ts';

const committedGoal = 0.6;
const caughtUpGoal = 0.2;
/** The run is told in so many parts, so that a slow end shows. */
const parts = 10;

interface Batch {
  readonly rows: number;
  /** Milliseconds. */
  readonly ours: number;
  readonly bare: number;
}

const timed = (work: () => void): number => {
  const began = performance.now();
  work();
  return performance.now() - began;
};

/** Stores a trail both ways at once: each batch in the one and in the other, each first in turn. */
const storeBothWays = async (trail: Trail, ledgerFile: string, bareFile: string): Promise<readonly Batch[]> => {
  const batches: Batch[] = [];
  const db = openLedgerForWriting(ledgerFile);
  const appender = createAppender(db, ledgerFile, () => Date.now() * 1000);
  const bareLedger = openBareLedger(bareFile);
  try {
    await trail.tell((entries) => {
      const packed = packEntries(entries);
      const rows = entries.map(parsedRow);
      let ours = 0;
      const append = (): void => {
        ours = timed(() => appender.appendPacked(packed, null));
      };
      const oursFirst = batches.length % 2 === 0;
      if (oursFirst) append();
      const bare = timed(() => bareLedger.insert(rows));
      if (!oursFirst) append();
      batches.push({ rows: rows.length, ours, bare });
    });
  } finally {
    db.close();
    bareLedger.close();
  }
  return batches;
};

const sumOf = (batches: readonly Batch[], numberOf: (batch: Batch) => number): number =>
  batches.reduce((sum, batch) => sum + numberOf(batch), 0);

const rateOf = (batches: readonly Batch[], way: 'ours' | 'bare'): number =>
  (sumOf(batches, ({ rows }) => rows) * 1000) / sumOf(batches, (batch) => batch[way]);

/** `ingest`: rows a second through the commit path, and until every index has caught up, against the bare loop. */
export const measureIngest = async (trail: Trail): Promise<BenchReport> => {
  const folder = await trail.folder();
  const dataFolder = path.join(folder, 'data');
  await mkdir(dataFolder);
  const ledgerFile = ledgerFileOf(dataFolder);
  const bareFile = path.join(folder, 'bare.db');
  const batches = await storeBothWays(trail, ledgerFile, bareFile);
  const rows = sumOf(batches, (batch) => batch.rows);
  const stored = JSON.stringify(digestOfLedger(ledgerFile));
  const expected = JSON.stringify(digestOfBare(bareFile));

  const engine = await openBenchEngine(dataFolder);
  let caughtUp = 0;
  try {
    const began = performance.now();
    await engine.asHost('index.catchUp', {});
    caughtUp = performance.now() - began;
  } finally {
    await engine.close();
  }

  const size = Math.ceil(batches.length / parts);
  const pieces = Array.from({ length: Math.ceil(batches.length / size) }, (_, part) =>
    batches.slice(part * size, (part + 1) * size),
  );
  const whole = (way: 'ours' | 'bare') => ({
    ...spreadOf(pieces.map((piece) => rateOf(piece, way))),
    median: rateOf(batches, way),
  });
  const committed = whole('ours');
  const bare = whole('bare');
  const untilCaughtUp = (rows * 1000) / (sumOf(batches, ({ ours }) => ours) + caughtUp);
  const ratios = { committed: committed.median / bare.median, caughtUp: untilCaughtUp / bare.median };
  return {
    bench: 'ingest',
    did: {
      trail: trail.name,
      rows,
      batches: batches.length,
      ledgerBytes: bytesOf(ledgerFile),
      bareBytes: bytesOf(bareFile),
    },
    figures: [
      {
        what: 'committed',
        unit: 'rows/s',
        ours: committed,
        bare,
        ratio: ratios.committed,
        required: `≥ ${committedGoal} ×`,
        reached: ratios.committed >= committedGoal,
      },
      {
        what: 'caught up with every index',
        unit: 'rows/s',
        ours: { median: untilCaughtUp, least: untilCaughtUp, most: untilCaughtUp },
        bare,
        ratio: ratios.caughtUp,
        required: `≥ ${caughtUpGoal} ×`,
        reached: ratios.caughtUp >= caughtUpGoal,
      },
    ],
    differences: stored === expected ? [] : [`stored ${stored}, bare ${expected}`],
    notes: [
      `ours: what the writer thread does with each batch (codes, identity, counts for the statistics, WAL, synchronous=FULL), then index.catchUp; bare: better-sqlite3, one table without an index with every name written out, a transaction per batch, WAL, synchronous=FULL`,
      `the same batches in the same process, one way after the other, each first in turn; the middle figure is the whole run, least and most are of ${pieces.length} parts of it`,
      'both hold the same: number, times, identities, status and the lengths of fourteen texts',
    ],
    skipped: null,
  };
};

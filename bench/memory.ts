import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { type SortColumn, sortColumns } from '#shared/contract/entry.ts';
import { facetColumns } from '#shared/contract/view.ts';
import { openBenchEngine } from './bench-engine.ts';
import { type EngineChild, isEngineBuilt, type Memory, memoryOf, startEngineChild } from './engine-child.ts';
import { chooseColumnFilters, everything, type Filter, having } from './filters.ts';
import { openFlatTable } from './flat-table.ts';
import { groundOf } from './ground.ts';
import { spreadOf } from './measures.ts';
import type { BenchReport, Figure } from './report.ts';
import { bytesOf, type Trail } from './trail.ts';
import { chanceFrom, pageOf, viewOf } from './views.ts';

const goals = { megabytes: 500, growth: 1.15, start: 1.2, indexes: 1.5 } as const;
const looks = 1000;
/** So many of the looks, after each column was looked at once, before memory is taken: caches fill, code is compiled. */
const warmingLooks = 100;
const fewRows = 10_000;
const starts = 7;
const megabyte = 1_000_000;

const skippedReport = (trail: Trail, skipped: string): BenchReport => ({
  bench: 'memory',
  did: { trail: trail.name },
  figures: [],
  differences: [],
  notes: [],
  skipped,
});

const bytesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .reduce((sum, file) => sum + statSync(path.join(file.parentPath, file.name)).size, 0);

/** Bytes of the pages that the entries' table has in the ledger, without its indexes. */
const entryTableBytes = (ledgerFile: string): number => {
  const db = new Database(ledgerFile, { readonly: true });
  try {
    return Number(db.prepare("SELECT pgsize FROM dbstat('main', 1) WHERE name = 'entry'").pluck().get());
  } finally {
    db.close();
  }
};

/** What a window asks when it opens. */
const firstLook = async ({ call }: EngineChild): Promise<void> => {
  const view = viewOf(everything.clauses);
  await pageOf(call, view, { position: 0 });
  await call('log.facets', { view, columns: [...facetColumns], limit: 8, search: null });
  await call('log.timeline', { view, bars: 120 });
};

/** Each column once in every way: what is kept for each entry and column is there afterwards, and takes no more. */
const lookEverywhere = async ({ call }: EngineChild, filters: readonly Filter[]): Promise<void> => {
  for (const { clauses } of filters) {
    await call('log.facets', { view: viewOf(clauses), columns: [...facetColumns], limit: 8, search: null });
  }
  for (const column of sortColumns) {
    await pageOf(call, viewOf(everything.clauses, { column, descending: true }), { position: 0 });
  }
};

/** From the start of the process to the first page. */
const timeStart = async (dataFolder: string): Promise<number> => {
  const began = performance.now();
  const engine = await startEngineChild(dataFolder);
  try {
    await pageOf(engine.call, viewOf(everything.clauses), { position: 0 });
    return performance.now() - began;
  } finally {
    await engine.close();
  }
};

const fillSmall = async (dataFolder: string): Promise<void> => {
  const engine = await openBenchEngine(dataFolder);
  try {
    await engine.asHost('demo.fill', { rows: fewRows, seed: 1 });
    await engine.asHost('index.catchUp', {});
  } finally {
    await engine.close();
  }
};

/** `memory`: what the engine's process holds after a thousand jumps and searches, how it starts, what lies on the disk. */
export const measureMemory = async (trail: Trail): Promise<BenchReport> => {
  if (!isEngineBuilt()) return skippedReport(trail, 'not built: npm run build');
  if (process.platform !== 'linux') return skippedReport(trail, 'only Linux tells what another process holds');
  const { dataFolder, ledgerFile, flatFile, entries, words } = await groundOf(trail);
  const flat = openFlatTable(flatFile);
  const filters = [everything, ...chooseColumnFilters(flat)];
  const count = (where: string, values: object): number =>
    Number(flat.prepare(`SELECT count(*) FROM flat WHERE ${where}`).pluck().get(values));
  const counts = new Map(filters.map(({ name, where, values }) => [name, count(where, values)]));
  flat.close();

  const chance = chanceFrom(3);
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)] as T;
  /** A jump to a random place under a random filter and sort, or a search for a random word and a count of its hits. */
  const lookSomewhere = async ({ call }: EngineChild, isSearch: boolean): Promise<void> => {
    const sort = { column: oneOf<SortColumn>(sortColumns), descending: chance() < 0.5 };
    if (isSearch) {
      await pageOf(call, viewOf(having(oneOf(words)).clauses, { column: 'id', descending: true }, true), {
        position: 0,
      });
      return;
    }
    const filter = oneOf(filters);
    const position = Math.floor(chance() * (counts.get(filter.name) ?? 0));
    await pageOf(call, viewOf(filter.clauses, sort, true), { position });
  };

  const engine = await startEngineChild(dataFolder);
  const memories: Memory[] = [];
  const take = (): Memory => {
    const memory = memoryOf(engine.pid);
    if (!memory) throw new Error('the system does not say what the engine holds');
    memories.push(memory);
    return memory;
  };
  let [opened, before, after] = [take(), take(), take()];
  try {
    await firstLook(engine);
    opened = take();
    await lookEverywhere(engine, filters);
    for (let turn = 0; turn < warmingLooks; turn++) await lookSomewhere(engine, turn % 2 === 0);
    before = take();
    for (let turn = 0; turn < looks; turn++) {
      await lookSomewhere(engine, turn % 2 === 0);
      if (turn % 100 === 99) take();
    }
    after = take();
  } finally {
    await engine.close();
  }

  const small = path.join(await trail.folder(), 'small');
  await fillSmall(small);
  // Once each without the clock: the system has the files in its cache.
  await timeStart(small);
  await timeStart(dataFolder);
  const startTimes = { ours: [] as number[], small: [] as number[] };
  for (let round = 0; round < starts; round++) {
    if (round % 2 === 1) startTimes.small.push(await timeStart(small));
    startTimes.ours.push(await timeStart(dataFolder));
    if (round % 2 === 0) startTimes.small.push(await timeStart(small));
  }
  const [ours, bare] = [spreadOf(startTimes.ours), spreadOf(startTimes.small)];

  const indexBytes = bytesBelow(path.join(path.dirname(ledgerFile), 'index'));
  const tableBytes = entryTableBytes(ledgerFile);
  const single = (value: number) => ({ median: value, least: value, most: value });
  const inMegabytes = (what: string, bytes: number, ratio: Partial<Figure> = {}): Figure => ({
    what,
    unit: 'MB',
    ours: single(bytes / megabyte),
    bare: null,
    ratio: null,
    required: null,
    reached: null,
    ...ratio,
  });
  const growth = after.all / before.all;
  return {
    bench: 'memory',
    did: { trail: trail.name, rows: entries, ledgerBytes: bytesOf(ledgerFile), looks, starts },
    figures: [
      inMegabytes('after the window’s first look', opened.all),
      inMegabytes(`after each column and ${warmingLooks} jumps and searches`, before.all),
      inMegabytes(`after ${looks.toLocaleString('en-US')} more`, after.all, {
        required: `≤ ${goals.megabytes} MB`,
        reached: after.all <= goals.megabytes * megabyte,
      }),
      inMegabytes(`… against after ${warmingLooks}`, after.all, {
        bare: single(before.all / megabyte),
        ratio: growth,
        required: `≤ ${goals.growth} ×`,
        reached: growth <= goals.growth,
      }),
      inMegabytes('… against after the first look', after.all, {
        bare: single(opened.all / megabyte),
        ratio: after.all / opened.all,
      }),
      inMegabytes('of it the process’s own', after.own),
      inMegabytes('of it pages of files', after.files),
      inMegabytes('the most there ever was', after.peak),
      {
        what: `start to first page, against ${fewRows.toLocaleString('en-US')} entries`,
        unit: 'ms',
        ours,
        bare,
        ratio: ours.median / bare.median,
        required: `≤ ${goals.start} ×`,
        reached: ours.median <= goals.start * bare.median,
      },
      inMegabytes('side indexes on the disk, against the entries’ table', indexBytes, {
        bare: single(tableBytes / megabyte),
        ratio: indexBytes / tableBytes,
        required: `≤ ${goals.indexes} ×`,
        reached: indexBytes <= goals.indexes * tableBytes,
      }),
    ],
    differences: [],
    notes: [
      'the built engine in a process of its own, asked over its channel; bytes are VmRSS of /proc/PID/status (of it RssAnon, RssFile; the most: VmHWM), MB of 1,000,000 bytes',
      `jumps to a random place under ${filters.length} filters and every sort, and first pages of ${words.length} words, one after the other in turn`,
      `every 100 looks: ${memories
        .slice(5, -1)
        .map(({ all, own }) => `${Math.round(all / megabyte)} (own ${Math.round(own / megabyte)})`)
        .join(' · ')} MB`,
      'start: from the fork of the process to the answer to the first page, both in the system’s cache; the table’s bytes are its pages as dbstat has them (its index of identities not counted), the indexes’ the sizes of their files',
    ],
    skipped: null,
  };
};

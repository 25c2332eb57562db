import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCancelled } from '#shared/contract/errors.ts';
import type { OutputOf } from '#shared/contract/procedures.ts';
import type { Query } from '#shared/contract/query.ts';
import { type Call, openBenchEngine } from './bench-engine.ts';
import { median, percentile, spreadOf } from './measures.ts';
import { type BenchReport, type Figure, tellStep } from './report.ts';
import { runNode } from './run-node.ts';
import type { Trail } from './trail.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const csvGoal = 0.5;
const ndjsonGoal = 0.6;
const xlsxGoal = 1;
const pageGoal = 2;
/** From so many rows on a workbook takes minutes: once is enough, the rows themselves are many. */
const longRows = 500_000;
const pagesAsked = 150;
/** Milliseconds after which an export is among its rows. */
const underWay = 500;
/** Milliseconds between two pages that somebody looks at. */
const pageRest = 20;

/** The query of a whole export for SQLite's own programs: the same rows in the same order, the same columns. */
const sqlOf = (rows: number): string => {
  const iso = (column: string): string => `strftime('%Y-%m-%dT%H:%M:%f', ${column} / 1e6, 'unixepoch') || '+00:00'`;
  const request = (...names: readonly string[]): string =>
    names.map((name) => `json_extract(request, '$.${name}')`).join(', ');
  return `SELECT e.id, lower(hex(event_id)) AS eventId, ${iso('occurred_at')} AS occurredAt,
      coalesce(occurred_text, strftime('%Y-%m-%dT%H:%M:%fZ', occurred_at / 1e6, 'unixepoch')) AS occurredText,
      ${iso('received_at')} AS receivedAt, actor.actor_id, actor.login, actor.name, actor.email, event.name,
      module.number, module.name, target.name, record_id, field.name, old_value, new_value, detail, action, status,
      ${request('method', 'path', 'query', 'body', 'responseBody', 'address', 'durationMs', 'correlationId')},
      source.name, source_entry_id, import.file, source_line, extra
    FROM entry AS e LEFT JOIN actor ON actor.id = e.actor LEFT JOIN event ON event.id = e.event
      LEFT JOIN module ON module.id = e.module LEFT JOIN target ON target.id = e.target
      LEFT JOIN field ON field.id = e.field LEFT JOIN source ON source.id = e.source
      LEFT JOIN import ON import.id = e.import
    WHERE e.id <= ${rows} ORDER BY e.id DESC`;
};

/** Debian's `sqlite3` writing CSV; null where there is none. */
const shellCsv = async (ledger: string, rows: number, target: string): Promise<number | null> => {
  const began = performance.now();
  const shell = spawn('sqlite3', ['-readonly', '-csv', '-header', ledger, sqlOf(rows)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  shell.stdout.pipe(createWriteStream(target));
  try {
    const [code] = (await once(shell, 'close')) as [number | null];
    return code === 0 ? performance.now() - began : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

type Clause = Query['clauses'][number];

const viewOf = (rows: number, clauses: readonly Clause[] = []) => ({
  query: {
    clauses: [
      { kind: 'number' as const, key: 'id' as const, exclude: false, tests: [{ op: '<=' as const, value: rows }] },
      ...clauses,
    ],
  },
  sort: { column: 'id' as const, descending: true },
  reading: { zone: 'UTC', ignoreAccents: true },
  newestId: null,
  now: null,
});

/** One whole export: counted, written, synced, read back, noted in the ledger. */
export const exportOnce = async (
  call: Call,
  rows: number,
  target: string,
  signal = new AbortController().signal,
): Promise<{ readonly wall: number; readonly result: OutputOf<'export.run'> }> => {
  const format = path.extname(target).slice(1) as 'csv' | 'ndjson' | 'xlsx';
  const csv = { delimiter: ',' as const, bom: true, guard: true };
  const began = performance.now();
  const { grant } = await call('export.grant', { path: target });
  const request = { view: viewOf(rows), format, zone: 'UTC', language: 'en' as const, options: { csv } };
  const result = await call('export.run', { grant, request }, { signal });
  return { wall: performance.now() - began, result };
};

/** How long first pages of ever new filters take, milliseconds. */
const pageTimes = async (call: Call, rows: number, until: () => boolean): Promise<number[]> => {
  const times: number[] = [];
  const events = ['UPDATE', 'CREATE', 'DELETE', 'STATUS_CHANGE', 'REQUEST'];
  for (let asked = 0; asked < pagesAsked && !until(); asked++) {
    const values = [{ text: events[asked % events.length] ?? '', prefix: false }];
    // A view that nobody has looked at: nothing that is kept helps.
    const view = viewOf(rows - asked - 1, [{ kind: 'value', key: 'event', exclude: false, values }]);
    const began = performance.now();
    await call('log.page', { view, start: { position: 0 }, limit: 100 });
    times.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, pageRest));
  }
  return times;
};

/** `export`: whole documents against the `sqlite3` shell and exceljs's own writer, and the window meanwhile. */
export const measureExport = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  const { dataFolder, ledgerFile, entries: rows } = await trail.dataFolder();
  const folder = await trail.folder();
  const at = (name: string): string => path.join(folder, name);
  const differences: string[] = [];
  const walls: Record<'csv' | 'ndjson' | 'xlsx', number[]> = { csv: [], ndjson: [], xlsx: [] };
  const shell: number[] = [];
  const plain: number[] = [];
  let idle: number[] = [];
  const busy: Record<'csv' | 'xlsx', number[]> = { csv: [], xlsx: [] };
  const engine = await openBenchEngine(dataFolder);
  try {
    const note = ({ wall, result }: Awaited<ReturnType<typeof exportOnce>>, format: keyof typeof walls): void => {
      walls[format].push(wall);
      if (result.rows !== rows || result.firstId !== 1 || result.lastId !== rows) {
        differences.push(`${format}: ${result.rows} of ${rows} entries, ${result.firstId} to ${result.lastId}`);
      }
    };
    for (let round = 0; round < rounds; round++) {
      const withWorkbooks = round === 0 || rows < longRows;
      const formats = ['csv', 'ndjson', ...(withWorkbooks ? ['xlsx' as const] : [])] as const;
      for (const format of formats) {
        tellStep(`export: round ${round + 1} of ${rounds}, our ${format}`);
        note(await exportOnce(engine.asHost, rows, at(`ours.${format}`)), format);
      }
      tellStep(`export: round ${round + 1} of ${rounds}, the sqlite3 shell`);
      const taken = await shellCsv(ledgerFile, rows, at('shell.csv'));
      if (taken !== null) shell.push(taken);
      if (!withWorkbooks) continue;
      tellStep(`export: round ${round + 1} of ${rounds}, exceljs plainly`);
      const { stdout } = await runNode([here('plain-xlsx-child.ts'), ledgerFile, sqlOf(rows), at('plain.xlsx')]);
      const told = JSON.parse(stdout) as { wall: number; rows: number };
      if (told.rows !== rows) differences.push(`exceljs wrote ${told.rows} of ${rows} entries`);
      plain.push(told.wall);
    }
    tellStep('export: first pages, idle and while exporting');
    idle = await pageTimes(engine.asHost, rows, () => false);
    for (const [place, format] of (['csv', 'xlsx'] as const).entries()) {
      let ended = false;
      const enough = new AbortController();
      const exporting = exportOnce(engine.asHost, rows, at(`ours.${format}`), enough.signal)
        .catch((error: unknown) => {
          if (!isCancelled(error)) throw error;
        })
        .finally(() => {
          ended = true;
        });
      await new Promise((resolve) => setTimeout(resolve, underWay));
      busy[format] = await pageTimes(engine.asHost, rows - (place + 1) * pagesAsked, () => ended);
      // What comes after the last page was measured already.
      enough.abort();
      await exporting;
    }
  } finally {
    await engine.close();
  }
  for (const name of ['ours.csv', 'ours.ndjson', 'ours.xlsx', 'shell.csv', 'plain.xlsx'])
    await rm(at(name), { force: true });

  const rate = (wall: number): number => (rows * 1000) / wall;
  const against = (what: string, ours: readonly number[], bare: readonly number[], goal: number): Figure[] => {
    if (ours.length === 0 || bare.length === 0) return [];
    const ratio = rate(median(ours)) / rate(median(bare));
    return [
      {
        what,
        unit: 'rows/s',
        ours: spreadOf(ours.map(rate)),
        bare: spreadOf(bare.map(rate)),
        ratio,
        required: `≥ ${goal} ×`,
        reached: ratio >= goal,
      },
    ];
  };
  const pagesWhile = (format: keyof typeof busy, share: number): Figure => {
    const ratio = percentile(busy[format], share) / percentile(idle, share);
    return {
      what: `first page of a filter while exporting ${format}, p${100 * share} against idle`,
      unit: 'ms',
      ours: spreadOf(busy[format]),
      bare: spreadOf(idle),
      ratio,
      required: `≤ ${pageGoal} ×`,
      reached: ratio <= pageGoal,
    };
  };
  return {
    bench: 'export',
    did: {
      trail: trail.name,
      rows,
      rounds,
      workbooks: walls.xlsx.length,
      pagesWhileExporting: busy.csv.length + busy.xlsx.length,
    },
    figures: [
      ...against('CSV, against the sqlite3 shell', walls.csv, shell, csvGoal),
      ...against('NDJSON, against our CSV', walls.ndjson, walls.csv, ndjsonGoal),
      ...against('Excel, against exceljs’s streaming writer', walls.xlsx, plain, xlsxGoal),
      pagesWhile('csv', 0.5),
      pagesWhile('csv', 0.95),
      pagesWhile('xlsx', 0.5),
      pagesWhile('xlsx', 0.95),
    ],
    differences,
    notes: [
      'ours: all columns, from the grant to the answer of export.run: counting, writing, syncing, hashing, reading back and comparing, and the entry that says so; Excel with formats and metadata',
      'bare: one SQL query with the same columns, written and not synced, read back or hashed; the shell in its own process, exceljs with styles and shared strings off',
      ...(shell.length === 0 ? ['there is no sqlite3 here: CSV was compared with nothing'] : []),
    ],
    skipped: null,
  };
};

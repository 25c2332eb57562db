import path from 'node:path';
import type Database from 'better-sqlite3';
import { sortKey } from '#main/store/sqlite/sort-key.ts';
import { type SortColumn, sortColumns } from '#shared/contract/entry.ts';
import type { Page, View } from '#shared/contract/view.ts';
import { type Call, openBenchEngine } from './bench-engine.ts';
import { gridColumns, likeAnywhere, makeFlatTable, openFlatTable } from './flat-table.ts';
import { costOf, costOfAsync, percentile, type Spread } from './measures.ts';
import { chooseFilters, type Filter } from './page-filters.ts';
import type { BenchReport, Figure } from './report.ts';
import { chooseTerms } from './terms.ts';
import { bytesOf, type Trail } from './trail.ts';

const pageRows = 200;
const p95Goal = 30;
/** So many views are asked the bare way too, and their answers compared: each takes it a second or more. */
const comparedViews = 24;

interface Looked {
  readonly filter: Filter;
  readonly column: SortColumn;
  readonly descending: boolean;
}

const steps = ['first page', 'first page again', 'jump to the middle', 'the middle again'] as const;
type Step = (typeof steps)[number];

/** The column of the flat table by which a sort goes, as SQL. */
const sortExpressions: Readonly<Record<SortColumn, string>> = {
  id: 'id',
  occurredAt: 'occurred_at',
  event: 'event',
  module: 'coalesce(module_name, module_number)',
  actor: 'coalesce(actor_name, actor_login, actor_email, actor_id)',
  recordId: 'record_id',
  target: 'target',
  field: 'field',
  oldValue: 'old_value',
  newValue: 'new_value',
  detail: 'detail',
  action: 'action',
  status: 'status',
  source: 'source',
};
const numeric: ReadonlySet<SortColumn> = new Set(['id', 'occurredAt', 'status']);

/** The order of a shuffled list depends on nothing but its length. */
const shuffled = <T>(list: readonly T[]): T[] => {
  const copy = [...list];
  let state = 1;
  for (let left = copy.length; left > 1; left--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const place = state % left;
    const [a, b] = [copy[left - 1], copy[place]];
    if (a === undefined || b === undefined) continue;
    copy[left - 1] = b;
    copy[place] = a;
  }
  return copy;
};

const orderBy = ({ column, descending }: Looked, expression: string): string => {
  const direction = descending ? 'DESC' : 'ASC';
  return column === 'id' ? `id ${direction}` : `${expression} IS NULL, ${expression} ${direction}, id ${direction}`;
};

const bareRows = (db: Database.Database, looked: Looked, offset: number): readonly { readonly id: number }[] => {
  const { filter } = looked;
  const order = orderBy(looked, sortExpressions[looked.column]);
  return db
    .prepare(`SELECT ${gridColumns} FROM flat WHERE ${filter.where} ORDER BY ${order} LIMIT :limit OFFSET :offset`)
    .all({ ...filter.values, limit: pageRows, offset }) as { id: number }[];
};

/** The same by our rule for comparing texts; only to know the right answer. */
const rightIds = (db: Database.Database, looked: Looked, offset: number): readonly number[] => {
  const { filter, column } = looked;
  const expression = numeric.has(column) ? sortExpressions[column] : `sort_key(${sortExpressions[column]})`;
  return db
    .prepare(
      `SELECT id FROM flat WHERE ${filter.where} ORDER BY ${orderBy(looked, expression)} LIMIT :limit OFFSET :offset`,
    )
    .pluck()
    .all({ ...filter.values, limit: pageRows, offset }) as number[];
};

const figureOf = (what: string, values: readonly number[], bare: Spread | null, isGoal: boolean): Figure => {
  const p95 = percentile(values, 0.95);
  return {
    what: `${what}: p95 (p50–max)`,
    unit: 'ms',
    ours: { median: p95, least: percentile(values, 0.5), most: Math.max(...values) },
    bare,
    ratio: bare === null ? null : p95 / bare.median,
    required: isGoal ? `p95 < ${p95Goal} ms` : null,
    reached: isGoal ? p95 < p95Goal : null,
  };
};

const percentilesOf = (values: readonly number[]): Spread | null =>
  values.length === 0
    ? null
    : { median: percentile(values, 0.95), least: percentile(values, 0.5), most: Math.max(...values) };

/** `page`: the first page and a jump to the middle, under many filters, sorted by every column in both directions. */
export const measurePage = async (trail: Trail): Promise<BenchReport> => {
  const { dataFolder, ledgerFile, entries } = await trail.dataFolder();
  const flatFile = path.join(await trail.folder(), 'flat.db');
  makeFlatTable(ledgerFile, flatFile);
  const flat = openFlatTable(flatFile);
  flat.function('sort_key', { deterministic: true }, (text: unknown) => (text === null ? null : sortKey(String(text))));
  const engine = await openBenchEngine(dataFolder);
  try {
    const filters = filtersOf(flat);
    const counts = new Map(
      filters.map(({ name, where, values }) => [
        name,
        Number(flat.prepare(`SELECT count(*) FROM flat WHERE ${where}`).pluck().get(values)),
      ]),
    );
    const views = shuffled(
      filters.flatMap((filter) =>
        sortColumns.flatMap((column) => [true, false].map((descending): Looked => ({ filter, column, descending }))),
      ),
    );
    const { call } = await engine.signIn();
    await call('log.page', {
      view: viewOf({ filter: { name: '', clauses: [], where: '', values: {} }, column: 'id', descending: true }),
      start: { position: 0 },
      limit: pageRows,
    });
    const ours: Record<Step, number[]> = {
      'first page': [],
      'first page again': [],
      'jump to the middle': [],
      'the middle again': [],
    };
    const slow: { readonly name: string; readonly wall: number }[] = [];
    const bare: { readonly first: number[]; readonly middle: number[] } = { first: [], middle: [] };
    const differences: string[] = [];
    let cpu = 0;
    for (const [place, looked] of views.entries()) {
      const middle = Math.floor((counts.get(looked.filter.name) ?? 0) / 2);
      const name = `${looked.filter.name} by ${looked.descending ? '-' : ''}${looked.column}`;
      const pages: Page[] = [];
      for (const step of steps) {
        const position = step.includes('middle') ? middle : 0;
        const { value, cost } = await costOfAsync(() => pageAt(call, looked, position));
        ours[step].push(cost.wall);
        slow.push({ name: `${name}, ${step}`, wall: cost.wall });
        cpu += cost.cpu;
        pages.push(value);
      }
      if (place >= comparedViews) continue;
      for (const [from, page, times] of [
        [0, pages[1], bare.first],
        [middle, pages[3], bare.middle],
      ] as const) {
        times.push(costOf(() => bareRows(flat, looked, from)).cost.wall);
        const right = rightIds(flat, looked, from);
        if (JSON.stringify(page?.rows.map(({ id }) => id)) !== JSON.stringify(right)) {
          differences.push(`${name} from ${from}`);
        }
      }
    }
    const all = steps.flatMap((step) => ours[step]);
    slow.sort((a, b) => b.wall - a.wall);
    return {
      bench: 'page',
      did: {
        trail: trail.name,
        rows: entries,
        ledgerBytes: bytesOf(ledgerFile),
        filters: filters.length,
        views: views.length,
        pages: all.length,
        cpuMsPerPage: Number((cpu / all.length).toFixed(2)),
        compared: Math.min(comparedViews, views.length) * 2,
      },
      figures: [
        figureOf('every page', all, null, true),
        figureOf('first page', ours['first page'], percentilesOf(bare.first), true),
        figureOf('first page again', ours['first page again'], null, false),
        figureOf('jump to the middle', ours['jump to the middle'], percentilesOf(bare.middle), true),
        figureOf('the middle again', ours['the middle again'], null, false),
      ],
      differences,
      notes: [
        `ours: log.page of ${pageRows} rows as a signed-in window asks it, over the in-memory pair, process warm; every view is looked at for the first time by its first page, views in a shuffled order, so that caches of sets and orders are hit and missed as it comes`,
        `bare: ORDER BY … LIMIT ${pageRows} OFFSET over one flat table without joins or indexes, for the first ${comparedViews} views; timed by the plain text of the column, and compared with an untimed answer sorted by our key (case and accents aside, numbers by size)`,
        `slowest: ${slow
          .slice(0, 8)
          .map(({ name, wall }) => `${name} ${wall.toFixed(0)} ms`)
          .join(' · ')}`,
        `matches: ${filters.map(({ name }) => `${name} ${counts.get(name)}`).join(' · ')}`,
      ],
      skipped: null,
    };
  } finally {
    await engine.close();
    flat.close();
  }
};

const viewOf = ({ filter, column, descending }: Looked): View => ({
  query: { clauses: [...filter.clauses] },
  sort: { column, descending },
  reading: { zone: 'UTC', ignoreAccents: false },
  newestId: null,
  now: null,
});

const pageAt = (call: Call, looked: Looked, position: number): Promise<Page> =>
  call('log.page', { view: viewOf(looked), start: { position }, limit: pageRows });

const filtersOf = (flat: Database.Database): readonly Filter[] => {
  const like = flat.prepare(`SELECT id FROM flat WHERE ${likeAnywhere('text')} LIMIT :limit`);
  const terms = chooseTerms(flat, (text, limit) => like.all({ text: `%${text}%`, limit }).length);
  const of = (kind: string): string[] => terms.filter((term) => term.kind === kind).map(({ text }) => text);
  return chooseFilters(flat, {
    rare: of('rare')[0],
    frequent: [...of('frequent').slice(0, 2), ...of('short').slice(0, 1)],
  });
};

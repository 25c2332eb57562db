import { sortKey } from '#main/store/sqlite/sort-key.ts';
import { type SortColumn, sortColumns } from '#shared/contract/entry.ts';
import type { PageStart } from '#shared/contract/view.ts';
import { type BenchEngine, type Call, openBenchEngine } from './bench-engine.ts';
import { chooseFilters, everything } from './filters.ts';
import { flatIndexes, openFlatTable } from './flat-table.ts';
import { groundOf } from './ground.ts';
import { jumpsFigures, offsetFigures, p95Figure } from './paging/figures.ts';
import { type Compared, compareView, rightPosition } from './paging/flat-pages.ts';
import { createLooks, type Looked, nameOf, type Step } from './paging/looks.ts';
import type { BenchReport, Figure } from './report.ts';
import { bytesOf, type Trail } from './trail.ts';
import { chanceFrom, pageOf, pageRows, pause, settle, shuffled, viewOf } from './views.ts';

/** Milliseconds. */
const goals = { firstPage: 20, longFirstPage: 1000, longLaterPage: 20, everyPage: 30 } as const;
/** Between looking at a page and jumping, milliseconds: less than anybody takes to press a key and then another. */
const moment = 150;
/** So many views are asked the bare way too, and their answers compared. Each takes it seconds where there are many rows. */
const comparedViews = (entries: number): number => (entries > 2_000_000 ? 4 : 24);
/** In so many of the views jumps are measured again, by themselves. */
const everyOther = 2;

const longTexts: ReadonlySet<SortColumn> = new Set(['oldValue', 'newValue', 'detail']);

/** The whole ledger as a window opens it, and by time: how OFFSET does where an index serves it. */
const isPlain = ({ filter, column, descending }: Looked): boolean =>
  filter === everything && descending && (column === 'id' || column === 'occurredAt');

const withEngine = async (
  dataFolder: string,
  work: (call: Call, engine: BenchEngine) => Promise<void>,
): Promise<void> => {
  const engine = await openBenchEngine(dataFolder);
  try {
    const { call } = await engine.signIn();
    await pageOf(call, viewOf(everything.clauses), { position: 0 });
    await settle();
    await work(call, engine);
  } finally {
    await engine.close();
  }
};

/** `paging`: any page anywhere, under many filters, sorted by every column in both directions. */
export const measurePaging = async (trail: Trail): Promise<BenchReport> => {
  const ground = await groundOf(trail);
  const { dataFolder, ledgerFile, flatFile, entries, terms } = ground;
  const flat = openFlatTable(flatFile);
  flat.function('sort_key', { deterministic: true }, (text: unknown) => (text === null ? null : sortKey(String(text))));
  const chance = chanceFrom(2);
  try {
    const textsOf = (kind: string): string[] => terms.filter((term) => term.kind === kind).map(({ text }) => text);
    const filters = chooseFilters(flat, {
      rare: textsOf('rare')[0],
      frequent: [...textsOf('frequent').slice(0, 2), ...textsOf('short').slice(0, 1)],
    });
    const counts = new Map(
      filters.map(({ name, where, values }) => [
        name,
        Number(flat.prepare(`SELECT count(*) FROM flat WHERE ${where}`).pluck().get(values)),
      ]),
    );
    const countOf = ({ filter }: Looked): number => counts.get(filter.name) ?? 0;
    const anywhere = (looked: Looked): PageStart => ({ position: Math.floor(chance() * countOf(looked)) });
    const [oldest, newest] = flat.prepare('SELECT min(occurred_at), max(occurred_at) FROM flat').raw().get() as [
      number,
      number,
    ];
    const views = shuffled(
      filters.flatMap((filter) =>
        sortColumns.flatMap((column) => [true, false].map((descending): Looked => ({ filter, column, descending }))),
      ),
    );
    const looks = createLooks();
    const compared: Compared = { first: [], middle: [], jumps: [] };
    const differences: string[] = [];

    await withEngine(dataFolder, async (call) => {
      for (const [place, looked] of views.entries()) {
        const middle = Math.floor(countOf(looked) / 2);
        const first = await looks.look(call, looked, 'first page', { position: 0 });
        if (first.next !== null) await looks.look(call, looked, 'next page', { after: first.next });
        const middlePage = await looks.look(call, looked, 'jump to the middle', { position: middle });
        const middleWall = looks.times.at(-1)?.wall ?? Number.NaN;
        const further = await looks.look(call, looked, 'further jump', anywhere(looked));
        const [found] = further.rows;
        if (found && place % 4 === 0) {
          const there = await looks.look(call, looked, 'to an id', { id: found.id });
          if (there.position !== further.position) differences.push(`${nameOf(looked)} to the entry ${found.id}`);
        }
        if (looked.column === 'occurredAt' && countOf(looked) > 0) {
          const instant = Math.floor(oldest + chance() * (newest - oldest));
          const page = await looks.look(call, looked, 'to an instant', {
            instant: new Date(Math.floor(instant / 1000)).toISOString(),
          });
          const right = rightPosition(flat, looked, Math.floor(instant / 1000) * 1000);
          if (page.position !== Math.min(right, countOf(looked) - 1)) {
            differences.push(`${nameOf(looked)} to an instant: ${page.position} instead of ${right}`);
          }
        }
        if (place < comparedViews(entries) || isPlain(looked)) {
          differences.push(...compareView(flat, looked, middle, { first, middle: middlePage, middleWall }, compared));
        }
      }
    });
    // By themselves, in threads that have not seen the views: a jump that comes at once, and one after a moment.
    const apart: readonly {
      readonly step: Step;
      readonly among: readonly Looked[];
      readonly wait: (call: Call, looked: Looked) => Promise<unknown>;
    }[] = [
      { step: 'jump at once', among: views, wait: async () => undefined },
      { step: 'jump after a moment', among: views, wait: () => pause(moment) },
      {
        // Where texts are looked at, the window has a scroll bar to jump by once it knows how many there are.
        step: 'jump once counted',
        among: views.filter(({ filter }) => filter.bySearch),
        wait: (call, { filter }) => call('log.count', { view: viewOf(filter.clauses) }),
      },
    ];
    for (const { step, among, wait } of apart) {
      await withEngine(dataFolder, async (call) => {
        for (const [place, looked] of among.entries()) {
          if (place % everyOther !== 0) continue;
          await pageOf(call, viewOf(looked.filter.clauses, looked), { position: 0 });
          await wait(call, looked);
          await looks.look(call, looked, step, anywhere(looked));
        }
      });
    }

    const isLong = ({ column }: Looked): boolean => longTexts.has(column);
    const byColumns = (looked: Looked): boolean => !isLong(looked) && !looked.filter.bySearch;
    const bySearch = (looked: Looked): boolean => !isLong(looked) && looked.filter.bySearch;
    const byColumnsLong = (looked: Looked): boolean => isLong(looked) && !looked.filter.bySearch;
    const bySearchLong = (looked: Looked): boolean => isLong(looked) && looked.filter.bySearch;
    const { times, of } = looks;
    const longTextsFigures = (where: string, passes: (looked: Looked) => boolean): Figure[] => [
      ...p95Figure(`by a long text${where}: first page`, of('first page', passes), [], goals.longFirstPage),
      ...p95Figure(`by a long text${where}: next page`, of('next page', passes), [], goals.longLaterPage),
      ...p95Figure(`by a long text${where}: further jump`, of('further jump', passes), [], goals.longLaterPage),
    ];
    const slowest = [...times].sort((a, b) => b.wall - a.wall);
    return {
      bench: 'paging',
      did: {
        trail: trail.name,
        rows: entries,
        ledgerBytes: bytesOf(ledgerFile),
        filters: filters.length,
        views: views.length,
        pages: times.length,
        cpuMsPerPage: Number((times.reduce((sum, { cpu }) => sum + cpu, 0) / times.length).toFixed(2)),
        compared: compared.jumps.length * 2,
      },
      figures: [
        ...p95Figure('first page', of('first page', byColumns), compared.first, goals.firstPage),
        ...p95Figure('… where texts are looked at', of('first page', bySearch), [], goals.firstPage),
        ...p95Figure('next page', of('next page', byColumns), [], null),
        ...longTextsFigures('', byColumnsLong),
        ...longTextsFigures(' where texts are looked at', bySearchLong),
        ...jumpsFigures(looks, 'by columns', byColumns),
        ...jumpsFigures(looks, 'where texts are looked at', bySearch),
        ...jumpsFigures(looks, 'by columns, sorted by a long text', byColumnsLong),
        ...jumpsFigures(looks, 'where texts are looked at, sorted by a long text', bySearchLong),
        ...offsetFigures(compared),
        ...p95Figure(
          'to an id',
          of('to an id', () => true),
          [],
          null,
        ),
        ...p95Figure(
          'to an instant',
          of('to an instant', () => true),
          [],
          null,
        ),
        ...p95Figure(
          'every first page and every middle',
          [...of('first page', () => true), ...of('jump to the middle', () => true)],
          [...compared.first, ...compared.middle],
          goals.everyPage,
        ),
      ],
      differences,
      notes: [
        `ours: log.page of ${pageRows} rows as a signed-in window asks it, from the engine’s dispatch to its answer (a thread’s work and the way there and back), process warm; every view is looked at for the first time by its first page, views in a shuffled order, so that caches of sets and orders are hit and missed as it comes`,
        `jumps: «at once» follows the first page without a break, «after a moment» ${moment} ms later (the engine counts on while nobody asks), «once counted» after the number of matches, which the window asks for with each view; each in threads of their own that had not seen the views; a «further jump» is a second one in the same view`,
        `bare: ORDER BY … LIMIT ${pageRows} OFFSET over one flat table without joins, with indexes on (${flatIndexes.join('), (')}), for ${compared.jumps.length} of the views; timed by the plain text of the column, and compared with an untimed answer sorted by our key (case and accents aside, numbers by size)`,
        `slowest: ${slowest
          .slice(0, 12)
          .map(({ looked, step, wall }) => `${nameOf(looked)}, ${step} ${wall.toFixed(0)} ms`)
          .join(' · ')}`,
        `matches: ${filters.map(({ name }) => `${name} ${counts.get(name)}`).join(' · ')}`,
      ],
      skipped: null,
    };
  } finally {
    flat.close();
  }
};

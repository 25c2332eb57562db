import type Database from 'better-sqlite3';
import type { Clause } from '#shared/contract/query.ts';
import { type Facet, type FacetColumn, type Facets, facetColumns, type Timeline } from '#shared/contract/view.ts';
import { type Call, openBenchEngine } from './bench-engine.ts';
import { chooseColumnFilters, everything, type Filter, having, withoutKey } from './filters.ts';
import { flatIndexes, openFlatTable } from './flat-table.ts';
import { groundOf } from './ground.ts';
import { median, type Spread, spreadOf } from './measures.ts';
import type { BenchReport, Figure } from './report.ts';
import { bytesOf, type Trail } from './trail.ts';
import { newestFirst, pageOf, settle, viewOf } from './views.ts';

const goals = { everything: 20, columns: 300, estimate: 300 } as const;
/** As the window asks. */
const values = 8;
const bars = 120;
/** Terms of each kind that are asked: the bare way takes seconds for each of eight questions. */
const termsOfKind = 2;

type Group = 'everything' | 'columns' | 'search';

interface Asked {
  readonly group: Group;
  readonly filter: Filter;
}

/** What one look took: milliseconds from the question on. */
interface Look {
  readonly facets: Facets;
  readonly timeline: Timeline;
  /** When the facets, and when both, had given something to show. */
  readonly firstFacets: number;
  readonly first: number;
  readonly exact: number;
}

/** Both are asked at once, as the window does it. */
const look = async (call: Call, clauses: readonly Clause[]): Promise<Look> => {
  const { newestId, now } = await pageOf(call, viewOf(clauses, newestFirst), { position: 0 });
  const view = { ...viewOf(clauses), newestId, now };
  const began = performance.now();
  const since = (): number => performance.now() - began;
  const shown = { facets: Number.NaN, timeline: Number.NaN };
  const show = (what: keyof typeof shown): void => {
    if (Number.isNaN(shown[what])) shown[what] = since();
  };
  const [facets, timeline] = await Promise.all([
    call(
      'log.facets',
      { view, columns: [...facetColumns], limit: values, search: null },
      { onProgress: () => show('facets') },
    ).finally(() => show('facets')),
    call('log.timeline', { view, bars }, { onProgress: () => show('timeline') }).finally(() => show('timeline')),
  ]);
  return {
    facets,
    timeline,
    firstFacets: shown.facets,
    first: Math.max(shown.facets, shown.timeline),
    exact: since(),
  };
};

const expressions: Readonly<Record<FacetColumn, string>> = {
  event: 'event',
  module: "coalesce(module_number || '', module_name)",
  user: 'coalesce(actor_login, actor_email, actor_name, actor_id)',
  target: 'target',
  field: 'field',
  source: 'source',
  status: 'status',
};

interface Counted {
  readonly wall: number;
  readonly byColumn: ReadonlyMap<FacetColumn, ReadonlyMap<string, number>>;
  readonly counts: readonly number[];
}

interface Span {
  readonly first: number;
  readonly width: number;
  readonly bars: number;
}

/**
 * The same figures by GROUP BY, seven for the facets and one for the timeline. Those that ask about the same entries go
 * over them once: what is grouped by is put into a temporary table first, unless it is everything.
 */
const countBare = (flat: Database.Database, filter: Filter, span: Span): Counted => {
  const began = performance.now();
  const bar = `(occurred_at - ${span.first}) / ${span.width}`;
  const groups = new Map<string, { readonly values: Filter['values']; readonly by: (FacetColumn | 'time')[] }>();
  for (const what of [...facetColumns, 'time'] as const) {
    const { where, values: given } = withoutKey(filter, what);
    const group = groups.get(where) ?? { values: given, by: [] };
    group.by.push(what);
    groups.set(where, group);
  }
  const byColumn = new Map<FacetColumn, ReadonlyMap<string, number>>();
  const counts = new Array<number>(span.bars).fill(0);
  for (const [where, { values: given, by }] of groups) {
    const expressionOf = (what: FacetColumn | 'time'): string => (what === 'time' ? bar : expressions[what]);
    const whole = where === everything.where;
    if (!whole) {
      const picked = by.map((what) => `${expressionOf(what)} AS by_${what}`).join(', ');
      flat.prepare(`CREATE TEMP TABLE looked AS SELECT ${picked} FROM flat WHERE ${where}`).run(given);
    }
    for (const what of by) {
      const expression = whole ? expressionOf(what) : `by_${what}`;
      const rows = flat
        .prepare(`SELECT ${expression}, count(*) FROM ${whole ? 'flat' : 'looked'} GROUP BY 1`)
        .raw()
        .all() as [string | number | null, number][];
      const known = rows.filter(([value]) => value !== null);
      if (what === 'time') for (const [place, count] of known) counts[Number(place)] = count;
      else byColumn.set(what, new Map(known.map(([value, count]) => [String(value), count])));
    }
    if (!whole) flat.exec('DROP TABLE looked');
  }
  return { wall: performance.now() - began, byColumn, counts };
};

const differencesOf = (name: string, { facets, timeline }: Look, counted: Counted): readonly string[] => {
  const sameFacet = ({ column, values: found, distinct }: Facet): boolean => {
    const right = counted.byColumn.get(column) ?? new Map<string, number>();
    const most = [...right.values()].sort((a, b) => b - a).slice(0, values);
    return (
      distinct === right.size &&
      found.every(({ value, count }) => right.get(value) === count) &&
      JSON.stringify(found.map(({ count }) => count)) === JSON.stringify(most)
    );
  };
  return [
    ...facets.facets.filter((facet) => !sameFacet(facet)).map(({ column }) => `${name}: facet ${column}`),
    ...(JSON.stringify(timeline.counts) === JSON.stringify(counted.counts) ? [] : [`${name}: timeline`]),
    ...(facets.exact && timeline.exact ? [] : [`${name}: the last answer was an estimate`]),
  ];
};

const microsOfIso = (text: string): number => {
  const [, seconds = '', fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(text) ?? [];
  return Date.parse(`${seconds}Z`) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
};

/** Of so many filters one is asked the bare way too, and its answer compared. */
const comparedEvery = (entries: number): number => (entries > 2_000_000 ? 4 : 1);

/** `facets`: the values of seven columns and the timeline, as the window asks them beside a page, against GROUP BY. */
export const measureFacets = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  const { dataFolder, ledgerFile, flatFile, entries, terms } = await groundOf(trail);
  const flat = openFlatTable(flatFile);
  try {
    const byColumns = chooseColumnFilters(flat);
    const searches = (['rare', 'frequent', 'accents', 'short'] as const).flatMap((kind) =>
      terms
        .filter((term) => term.kind === kind)
        .slice(0, termsOfKind)
        .map(({ text }) => having(text)),
    );
    const measured = [
      { group: 'everything', filter: everything },
      ...byColumns.map((filter) => ({ group: 'columns', filter }) as const),
      ...searches.map((filter) => ({ group: 'search', filter }) as const),
    ].map((asked) => ({
      ...(asked as Asked),
      firstFacets: [] as number[],
      first: [] as number[],
      exact: [] as number[],
      bare: [] as number[],
    }));
    const differences = new Set<string>();
    const [first, last] = flat.prepare('SELECT min(occurred_at), max(occurred_at) FROM flat').raw().get() as [
      number,
      number,
    ];
    const width = Math.max(1, Math.ceil((last - first + 1) / bars));
    const span = { first, width, bars: Math.ceil((last - first + 1) / width) };
    for (let round = 0; round < rounds; round++) {
      // New threads each round: nothing has been counted in them before.
      const engine = await openBenchEngine(dataFolder);
      try {
        const { call } = await engine.signIn();
        // A few others, for the code to be there.
        for (const value of [1000, 50_000, 100_000]) {
          await look(call, [{ kind: 'number', key: 'id', exclude: false, tests: [{ op: '<', value }] }]);
        }
        await settle();
        for (const [nth, one] of measured.entries()) {
          const { filter } = one;
          const ours = await look(call, filter.clauses);
          one.firstFacets.push(ours.firstFacets);
          one.first.push(ours.first);
          one.exact.push(ours.exact);
          // What it answers is the same in every round; a rest of seconds between two questions helps nobody.
          if (round > 0 || nth % comparedEvery(entries) !== 0) continue;
          const counted = countBare(flat, filter, span);
          one.bare.push(counted.wall);
          for (const difference of differencesOf(filter.name, ours, counted)) differences.add(difference);
          if (ours.timeline.starts[0] !== undefined && microsOfIso(ours.timeline.starts[0]) !== first) {
            differences.add(`${filter.name}: the timeline begins at ${ours.timeline.starts[0]}`);
          }
        }
      } finally {
        await engine.close();
      }
    }
    const of = (group: Group) => measured.filter((one) => one.group === group);
    const slowest = (lists: readonly (readonly number[])[]): Spread => ({
      median: Math.max(...lists.map(median)),
      least: Math.min(...lists.flat()),
      most: Math.max(...lists.flat()),
    });
    const slowestOrNone = (lists: readonly (readonly number[])[]): Spread | null =>
      lists.length > 0 ? slowest(lists) : null;
    const goalFigure = (
      what: string,
      group: Group,
      which: 'firstFacets' | 'first' | 'exact',
      goal: number | null,
    ): Figure[] => {
      const chosen = of(group);
      if (chosen.length === 0) return [];
      const ours = slowest(chosen.map((one) => one[which]));
      return [
        {
          what: `${what} (${chosen.length}): the slowest median`,
          unit: 'ms',
          ours,
          bare: slowestOrNone(chosen.flatMap(({ bare }) => (bare.length > 0 ? [bare] : []))),
          ratio: null,
          required: goal === null ? null : `≤ ${goal} ms`,
          reached: goal === null ? null : ours.median <= goal,
        },
      ];
    };
    return {
      bench: 'facets',
      did: {
        trail: trail.name,
        rows: entries,
        ledgerBytes: bytesOf(ledgerFile),
        columns: facetColumns.length,
        bars,
        rounds,
      },
      figures: [
        ...goalFigure('facets and timeline of everything', 'everything', 'exact', goals.everything),
        ...goalFigure('… under event, module, user, time', 'columns', 'exact', goals.columns),
        ...goalFigure('… under a search: first estimate of the facets', 'search', 'firstFacets', null),
        ...goalFigure('… under a search: first estimate of both', 'search', 'first', goals.estimate),
        ...goalFigure('… under a search: exact', 'search', 'exact', null),
        ...measured.flatMap(({ group, filter, first: shown, exact, bare }): Figure[] => [
          {
            what:
              group === 'search' ? `${filter.name}: exact, first estimate ${median(shown).toFixed(0)} ms` : filter.name,
            unit: 'ms',
            ours: spreadOf(exact),
            bare: bare.length > 0 ? spreadOf(bare) : null,
            ratio: bare.length > 0 ? median(exact) / median(bare) : null,
            required: null,
            reached: null,
          },
        ]),
      ],
      differences: [...differences],
      notes: [
        `ours: log.facets (${facetColumns.length} columns, ${values} values of each) and log.timeline (${bars} bars), both asked at once by a signed-in window after the first page of the view, until both are exact; threads are new each round`,
        `bare: seven GROUP BY and one over the bars, over one flat table with indexes on (${flatIndexes.join('), (')}); those about the same entries over a temporary table of these, so that each filter is looked through once; asked once, as nothing is kept between two questions`,
        `compared: the counts of the values shown, how many values there are, and every bar; of everything and ${comparedEvery(entries) === 1 ? 'of each filter' : `of every ${comparedEvery(entries)}th filter, as each takes the bare way half a minute`}`,
      ],
      skipped: null,
    };
  } finally {
    flat.close();
  }
};

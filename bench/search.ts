import { performance } from 'node:perf_hooks';
import type Database from 'better-sqlite3';
import type { Page } from '#shared/contract/view.ts';
import { type Call, openBenchEngine } from './bench-engine.ts';
import { having } from './filters.ts';
import { gridColumns, joinedRows, likeAnywhere, openFlatTable } from './flat-table.ts';
import { groundOf } from './ground.ts';
import { costOf, costOfAsync, median, percentile, type Spread, spreadOf } from './measures.ts';
import type { BenchReport, Figure } from './report.ts';
import type { Term } from './terms.ts';
import { bytesOf, type Trail } from './trail.ts';
import { newestFirst, pageOf, pageRows, settle, viewOf } from './views.ts';
import { warmFiles } from './warm-files.ts';

/** Of each kind; enough for the engine’s code to be compiled, as it is in a window that has been open for a minute. */
const warmingPages = 40;
const rareHits = 50;
const goals = { rare: 30, rareRatio: 150, frequentRatio: 1, short: 50, rareCount: 150, count: 3000 } as const;
/** Of the trail that the product began with, which is thirty times shorter. */
const earlierGoals = { rareRatio: 50, frequentRatio: 1.5 } as const;
/** From so many entries on a look by LIKE takes tens of seconds, and is taken once. */
const manyEntries = 2_000_000;

const firstPage = (call: Call, text: string, ignoreAccents: boolean): Promise<Page> =>
  pageOf(call, viewOf(having(text).clauses, newestFirst, ignoreAccents), { position: 0 });

/** What nearly every Spanish text has some of; none of them is measured. */
const usualLetters = ['an', 'ar', 'as', 'ca', 'ci', 'co', 'en', 'er', 'es', 'in', 'la', 'lo', 'me', 'na', 'os', 'ra'];

/** Pages of other views, so that what is measured is not the first calls of a program that has just begun. */
const warmUp = async (call: Call): Promise<void> => {
  for (let year = 1900; year < 1900 + warmingPages; year++) {
    await pageOf(call, viewOf([]), { position: 0 });
    await firstPage(call, `${year} en frío`, year % 2 === 0);
    // A record's number here and there: some are in a few entries, some in none.
    await firstPage(call, String((year - 1900) * 9973 + 300_007), year % 2 === 0);
    await firstPage(call, String(year % 10), year % 2 === 0);
    await firstPage(call, usualLetters[year % usualLetters.length] ?? '', year % 2 === 0);
  }
  await call('log.count', { view: viewOf(having('1900 en frío').clauses) });
  await settle();
};

interface Measured {
  readonly term: Term;
  /** For the first time in these threads, and again. */
  readonly ours: number[];
  readonly again: number[];
  /** Accents ignored, as the window asks by default; LIKE has no such thing. */
  readonly ignoring: number[];
  /** LIKE over the ledger's own tables, and over one flat table. */
  readonly bare: number[];
  readonly flat: number[];
  readonly lowerBound: number[];
  readonly exact: number[];
  readonly bareCount: number[];
  /** What ours answered each time. */
  readonly found: { readonly ids: string; readonly rows: number; readonly count: number }[];
  cpu: { ours: number; bare: number };
  count: number;
}

interface Counted {
  readonly count: number;
  readonly lowerBound: number;
  readonly exact: number;
}

const countExactly = async (call: Call, text: string): Promise<Counted> => {
  const began = performance.now();
  let lowerBound = Number.NaN;
  const { count } = await call(
    'log.count',
    { view: viewOf(having(text).clauses) },
    {
      onProgress: ({ atLeast }) => {
        if (Number.isNaN(lowerBound) && atLeast > 0) lowerBound = performance.now() - began;
      },
    },
  );
  const exact = performance.now() - began;
  return { count, lowerBound: Number.isNaN(lowerBound) ? exact : lowerBound, exact };
};

const openBareWays = (flat: Database.Database, ledger: Database.Database) => {
  const select = flat.prepare(
    `SELECT ${gridColumns} FROM flat WHERE ${likeAnywhere('text')} ORDER BY id DESC LIMIT :limit`,
  );
  const count = flat.prepare(`SELECT count(*) FROM flat WHERE ${likeAnywhere('text')}`).pluck();
  const joined = ledger.prepare(joinedRows);
  const parameters = (text: string) => ({ text: `%${text}%`, limit: pageRows });
  return {
    inFlat: (text: string) => costOf(() => select.all(parameters(text)) as { readonly id: number }[]),
    inLedger: (text: string) => costOf(() => joined.all(parameters(text)) as { readonly id: number }[]),
    count: (text: string) => costOf(() => Number(count.get({ text: `%${text}%` }))),
  };
};

/** `search`: the first 200 hits, newest first, and how many there are, against `LIKE '%…%'` over the same texts. */
export const measureSearch = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  const { dataFolder, ledgerFile, flatFile, entries, terms } = await groundOf(trail);
  const flat = openFlatTable(flatFile);
  const ledger = openFlatTable(ledgerFile);
  try {
    const bareWays = openBareWays(flat, ledger);
    const measured = terms.map(
      (term): Measured => ({
        term,
        ours: [],
        again: [],
        ignoring: [],
        bare: [],
        flat: [],
        lowerBound: [],
        exact: [],
        bareCount: [],
        found: [],
        cpu: { ours: 0, bare: 0 },
        count: 0,
      }),
    );
    const differences = new Set<string>();
    const bareRounds = entries > manyEntries ? 1 : rounds;
    const expected = new Map<string, string>();
    const askBare = (one: Measured): void => {
      const { text } = one.term;
      const { value, cost } = bareWays.inLedger(text);
      expected.set(text, JSON.stringify(value.map(({ id }) => id)));
      one.bare.push(cost.wall);
      one.cpu.bare = cost.cpu;
      one.flat.push(bareWays.inFlat(text).cost.wall);
      // As ours: a page, and then how many there are, so that the next word’s page comes after as long a count.
      const counted = bareWays.count(text);
      one.count = counted.value;
      one.bareCount.push(counted.cost.wall);
    };
    const askOurs = async (call: Call, one: Measured): Promise<void> => {
      const { text } = one.term;
      const { value: page, cost } = await costOfAsync(() => firstPage(call, text, false));
      one.ours.push(cost.wall);
      one.cpu.ours = cost.cpu;
      one.again.push((await costOfAsync(() => firstPage(call, text, false))).cost.wall);
      one.ignoring.push((await costOfAsync(() => firstPage(call, text, true))).cost.wall);
      const counted = await countExactly(call, text);
      one.lowerBound.push(counted.lowerBound);
      one.exact.push(counted.exact);
      one.found.push({
        ids: JSON.stringify(page.rows.map(({ id }) => id)),
        rows: page.rows.length,
        count: counted.count,
      });
    };
    for (let round = 0; round < rounds; round++) {
      // The one way for all terms, then the other, each round beginning with the other of the two: a look by LIKE reads
      // the whole ledger for half a minute, and what was warm before it is not afterwards.
      const asksBare = round < bareRounds;
      if (asksBare && round % 2 === 1) for (const one of measured) askBare(one);
      await warmFiles([dataFolder]);
      // New threads each round: no term has been looked for in them before.
      const engine = await openBenchEngine(dataFolder);
      try {
        const { call } = await engine.signIn();
        await engine.asHost('index.catchUp', {});
        await warmUp(call);
        for (const one of measured) await askOurs(call, one);
      } finally {
        await engine.close();
      }
      if (asksBare && round % 2 === 0) for (const one of measured) askBare(one);
    }
    for (const { term, found, count } of measured) {
      for (const one of found) {
        if (one.ids !== expected.get(term.text)) differences.add(`«${term.text}»: the first page of ${one.rows} rows`);
        if (one.count !== count) differences.add(`«${term.text}»: ${one.count} hits, LIKE ${count}`);
      }
    }
    return {
      bench: 'search',
      did: { trail: trail.name, rows: entries, ledgerBytes: bytesOf(ledgerFile), terms: terms.length, rounds },
      figures: [...goalFigures(measured), ...measured.map(termFigure)],
      differences: [...differences],
      notes: [
        'ours: log.page as a signed-in window asks it, from the engine’s dispatch to its answer (a thread’s work and the way there and back); process warm (the file is in the system’s cache, other terms were searched just before), all terms one after the other, the term never searched before in these threads, which are new each round',
        'bare: LIKE over the same texts of the same ledger with the dictionaries joined, ORDER BY id DESC LIMIT 200, better-sqlite3 in this process, as much of the file mapped as can be and in the system’s cache, the same cells of 200 rows read; «flat table» is LIKE over one table with every name and date written out, for which nothing is joined; counts against COUNT over the flat table; each way counts a word before it asks for the next one’s page',
        'accents matter in both, and the answers are compared; «accents ignored», as the window asks, is told for information',
        'ratio: how many times faster for rare, absent and counted terms (bare / ours), how many times its time for frequent ones (ours / bare); rare and absent are those with at most 50 hits, frequent those that fill the page',
        `the goals of ${earlierGoals.rareRatio} × and ${earlierGoals.frequentRatio} × were set for a trail of 333,549 entries`,
      ],
      skipped: null,
    };
  } finally {
    ledger.close();
    flat.close();
  }
};

const p95Figure = (what: string, values: readonly number[], goal: number): Figure[] => {
  if (values.length === 0) return [];
  const ours: Spread = { median: percentile(values, 0.95), least: percentile(values, 0.5), most: Math.max(...values) };
  return [
    {
      what: `${what} (${values.length}): p95 (p50–max)`,
      unit: 'ms',
      ours,
      bare: null,
      ratio: null,
      required: `p95 ≤ ${goal} ms`,
      reached: ours.median <= goal,
    },
  ];
};

type Timed = 'ours' | 'again' | 'bare' | 'flat' | 'lowerBound' | 'exact' | 'bareCount';

/** Medians of each term, and the median of the terms' own ratios. */
const ratioFigure = (
  what: string,
  chosen: readonly Measured[],
  [ours, bare]: readonly [Timed, Timed],
  { faster, goal, unit = '' }: { readonly faster: boolean; readonly goal: number | null; readonly unit?: string },
): Figure[] => {
  if (chosen.length === 0) return [];
  const ratio = median(
    chosen.map((one) => {
      const [here, there] = [median(one[ours]), median(one[bare])];
      return faster ? there / here : here / there;
    }),
  );
  return [
    {
      what: `${what} (${chosen.length})${unit}, median of their ratios`,
      unit: 'ms',
      ours: spreadOf(chosen.map((one) => median(one[ours]))),
      bare: spreadOf(chosen.map((one) => median(one[bare]))),
      ratio,
      required: goal === null ? null : faster ? `≥ ${goal} × faster` : `≤ ${goal} × its time`,
      reached: goal === null ? null : faster ? ratio >= goal : ratio <= goal,
    },
  ];
};

const slowestFigure = (what: string, chosen: readonly Measured[], which: Timed, goal: number | null): Figure[] => {
  if (chosen.length === 0) return [];
  const medians = chosen.map((one) => median(one[which]));
  const slowest = Math.max(...medians);
  return [
    {
      what: `${what} (${chosen.length}): the slowest median`,
      unit: 'ms',
      ours: { median: slowest, least: Math.min(...medians), most: Math.max(...chosen.flatMap((one) => one[which])) },
      bare: spreadOf(chosen.map((one) => median(one.bareCount))),
      ratio: null,
      required: goal === null ? null : `≤ ${goal} ms`,
      reached: goal === null ? null : slowest <= goal,
    },
  ];
};

const goalFigures = (measured: readonly Measured[]): Figure[] => {
  const isShort = ({ term }: Measured): boolean => [...term.text].length < 3;
  const rare = measured.filter((one) => one.count <= rareHits && !isShort(one));
  const frequent = measured.filter((one) => one.count >= pageRows && !isShort(one));
  const short = measured.filter(isShort);
  const filling = measured.filter((one) => one.count >= pageRows);
  const few = measured.filter((one) => one.count <= rareHits);
  return [
    ...p95Figure(
      'rare and absent terms, first time',
      rare.flatMap((one) => one.ours),
      goals.rare,
    ),
    ...p95Figure(
      '… again',
      rare.flatMap((one) => one.again),
      goals.rare,
    ),
    ...ratioFigure('rare and absent terms', rare, ['ours', 'bare'], { faster: true, goal: goals.rareRatio }),
    ...ratioFigure('… against a flat table', rare, ['ours', 'flat'], { faster: true, goal: null }),
    ...ratioFigure('frequent terms', frequent, ['ours', 'bare'], { faster: false, goal: goals.frequentRatio }),
    ...ratioFigure('… again', frequent, ['again', 'bare'], { faster: false, goal: goals.frequentRatio }),
    ...ratioFigure('… against a flat table', frequent, ['ours', 'flat'], { faster: false, goal: goals.frequentRatio }),
    ...p95Figure(
      'one or two characters, first time',
      short.flatMap((one) => one.ours),
      goals.short,
    ),
    ...slowestFigure('exact count of a rare term', rare, 'exact', goals.rareCount),
    ...slowestFigure('lower bound of a frequent term', filling, 'lowerBound', null),
    ...slowestFigure('exact count of a frequent term', filling, 'exact', goals.count),
    ...ratioFigure('exact counts, flat table', measured, ['exact', 'bareCount'], { faster: true, goal: null }),
    ...ratioFigure('every rare and absent term', few, ['ours', 'bare'], { faster: true, goal: earlierGoals.rareRatio }),
    ...ratioFigure('every frequent term', filling, ['ours', 'bare'], {
      faster: false,
      goal: earlierGoals.frequentRatio,
    }),
  ];
};

const termFigure = ({ term, cpu, count, ...times }: Measured): Figure => {
  const { ours, again, ignoring, bare, flat, exact } = times;
  const [here, there] = [spreadOf(ours), spreadOf(bare)];
  const told = [
    `cpu ${cpu.ours.toFixed(1)}/${cpu.bare.toFixed(1)}`,
    `again ${median(again).toFixed(1)}`,
    `accents ignored ${median(ignoring).toFixed(1)}`,
    `counted ${median(exact).toFixed(0)}`,
    `flat table ${median(flat).toFixed(1)}`,
  ];
  return {
    what: `${term.kind} «${term.text}» ${count.toLocaleString('en-US')} hits, ${told.join(', ')}`,
    unit: 'ms',
    ours: here,
    bare: there,
    ratio: count > rareHits ? here.median / there.median : there.median / here.median,
    required: null,
    reached: null,
  };
};

import path from 'node:path';
import type { Query } from '#shared/contract/query.ts';
import type { Page, View } from '#shared/contract/view.ts';
import { type Call, openBenchEngine } from './bench-engine.ts';
import { gridColumns, joinedRows, likeAnywhere, makeFlatTable, openFlatTable } from './flat-table.ts';
import { type Cost, costOf, costOfAsync, median, spreadOf } from './measures.ts';
import type { BenchReport, Figure } from './report.ts';
import { chooseTerms, type Term } from './terms.ts';
import { bytesOf, type Trail } from './trail.ts';

const pageRows = 200;
/** Of each kind; enough for the engine’s code to be compiled, as it is in a window that has been open for a minute. */
const warmingPages = 40;
const rareGoal = 50;
const frequentGoal = 1.5;

const queryOf = (text: string): Query => ({
  clauses: [{ kind: 'word', exclude: false, value: { text, prefix: false } }],
});

const viewOf = (query: Query, ignoreAccents: boolean): View => ({
  query,
  sort: { column: 'id', descending: true },
  reading: { zone: 'UTC', ignoreAccents },
  newestId: null,
  now: null,
});

const firstPage = (call: Call, query: Query, ignoreAccents: boolean): Promise<Page> =>
  call('log.page', { view: viewOf(query, ignoreAccents), start: { position: 0 }, limit: pageRows });

/** Pages of other views, so that what is measured is not the first calls of a program that has just begun. */
const warmUp = async (call: Call): Promise<void> => {
  for (let year = 1900; year < 1900 + warmingPages; year++) {
    await firstPage(call, { clauses: [] }, false);
    await firstPage(call, queryOf(`${year} en frío`), year % 2 === 0);
    await firstPage(call, queryOf(String(year % 10)), year % 2 === 0);
  }
};

interface Measured {
  readonly term: Term;
  readonly ours: Cost[];
  /** Accents ignored, as the window asks by default; LIKE has no such thing. */
  readonly ignoring: Cost[];
  /** LIKE over the ledger's own tables, and over one flat table. */
  readonly bare: Cost[];
  readonly flat: Cost[];
  hits: number;
}

const walls = (costs: readonly Cost[]): readonly number[] => costs.map(({ wall }) => wall);
const cpus = (costs: readonly Cost[]): readonly number[] => costs.map(({ cpu }) => cpu);

/** `search`: the first 200 hits, newest first, against `LIKE '%…%'` over the same texts. */
export const measureSearch = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  const { dataFolder, ledgerFile, entries } = await trail.dataFolder();
  const flatFile = path.join(await trail.folder(), 'flat.db');
  makeFlatTable(ledgerFile, flatFile);
  const flat = openFlatTable(flatFile);
  const ledger = openFlatTable(ledgerFile);
  const joined = ledger.prepare(joinedRows);
  try {
    const select = flat.prepare(
      `SELECT ${gridColumns} FROM flat WHERE ${likeAnywhere('text')} ORDER BY id DESC LIMIT :limit`,
    );
    const like = (text: string, limit: number): readonly { readonly id: number }[] =>
      select.all({ text: `%${text}%`, limit }) as { id: number }[];
    const terms = chooseTerms(flat, (text, limit) => like(text, limit).length);
    const measured: Measured[] = terms.map((term) => ({ term, ours: [], ignoring: [], bare: [], flat: [], hits: 0 }));
    const differences: string[] = [];
    for (let round = 0; round < rounds; round++) {
      // New threads each round: no term has been looked for in them before.
      const engine = await openBenchEngine(dataFolder);
      try {
        const { call } = await engine.signIn();
        await warmUp(call);
        for (const one of measured) {
          const { text } = one.term;
          const query = queryOf(text);
          let expected: readonly { readonly id: number }[] = [];
          const askBare = (): void => {
            const { value, cost } = costOf(
              () => joined.all({ text: `%${text}%`, limit: pageRows }) as { readonly id: number }[],
            );
            expected = value;
            one.bare.push(cost);
            one.flat.push(costOf(() => like(text, pageRows)).cost);
          };
          if (round % 2 === 1) askBare();
          const { value: page, cost } = await costOfAsync(() => firstPage(call, query, false));
          one.ours.push(cost);
          one.ignoring.push((await costOfAsync(() => firstPage(call, query, true))).cost);
          if (round % 2 === 0) askBare();
          one.hits = expected.length;
          if (JSON.stringify(page.rows.map(({ id }) => id)) !== JSON.stringify(expected.map(({ id }) => id))) {
            differences.push(`«${text}»: ${page.rows.length} rows, LIKE ${expected.length}`);
          }
        }
      } finally {
        await engine.close();
      }
    }
    return {
      bench: 'search',
      did: { trail: trail.name, rows: entries, ledgerBytes: bytesOf(ledgerFile), terms: terms.length, rounds },
      figures: [...goalFigures(measured), ...measured.flatMap(termFigures)],
      differences: [...new Set(differences)],
      notes: [
        'ours: log.page as a signed-in window asks it, over the in-memory pair; process warm (the file is in the system’s cache, other terms were searched), the term never searched before in these threads, which are new each round',
        'bare: LIKE over the same texts of the same ledger with the dictionaries joined, ORDER BY id DESC LIMIT 200, better-sqlite3 in this process, file mapped and in the system’s cache, the same cells of 200 rows read; «flat table» is LIKE over one table with every name and date written out, for which nothing is joined',
        'accents matter in both, and the answers are compared; «accents ignored», as the window asks, is told for information',
        'ratio: how many times faster for rare and absent terms (bare / ours), how many times its time for frequent ones (ours / bare)',
      ],
      skipped: null,
    };
  } finally {
    ledger.close();
    flat.close();
  }
};

/** Rare and absent are those with at most 50 hits, whatever they are made of; frequent those that fill the page. */
const goalFigures = (measured: readonly Measured[]): Figure[] => {
  const groups = [
    { what: 'rare and absent terms', chosen: measured.filter(({ hits }) => hits <= rareGoal), frequent: false },
    { what: 'frequent terms', chosen: measured.filter(({ hits }) => hits >= pageRows), frequent: true },
  ].flatMap((group) => [
    { ...group, way: 'bare' as const },
    { ...group, what: `${group.what}, flat table`, way: 'flat' as const },
  ]);
  return groups.flatMap(({ what, chosen, frequent, way }) => {
    if (chosen.length === 0) return [];
    const ours = spreadOf(chosen.map(({ ours }) => median(walls(ours))));
    const bare = spreadOf(chosen.map((one) => median(walls(one[way]))));
    const ratios = chosen.map((one) => {
      const [here, there] = [median(walls(one.ours)), median(walls(one[way]))];
      return frequent ? here / there : there / here;
    });
    const ratio = median(ratios);
    return [
      {
        what: `${what} (${chosen.length}), median of their ratios`,
        unit: 'ms',
        ours,
        bare,
        ratio,
        required: way === 'flat' ? null : frequent ? `≤ ${frequentGoal} × its time` : `≥ ${rareGoal} × faster`,
        reached: way === 'flat' ? null : frequent ? ratio <= frequentGoal : ratio >= rareGoal,
      },
    ];
  });
};

const termFigures = ({ term, ours, ignoring, bare, flat, hits }: Measured): Figure[] => {
  const here = spreadOf(walls(ours));
  const there = spreadOf(walls(bare));
  const count = hits >= pageRows ? `${pageRows}+` : String(hits);
  const cpu = `cpu ${median(cpus(ours)).toFixed(1)}/${median(cpus(bare)).toFixed(1)}`;
  const ignored = `accents ignored ${median(walls(ignoring)).toFixed(2)}, flat table ${median(walls(flat)).toFixed(2)}`;
  return [
    {
      what: `${term.kind} «${term.text}» ${count} hits, ${cpu}, ${ignored}`,
      unit: 'ms',
      ours: here,
      bare: there,
      ratio: hits > rareGoal ? here.median / there.median : there.median / here.median,
      required: null,
      reached: null,
    },
  ];
};

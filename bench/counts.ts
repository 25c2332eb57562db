import { openBenchEngine } from './bench-engine.ts';
import { chooseColumnFilters } from './filters.ts';
import { flatIndexes, openFlatTable } from './flat-table.ts';
import { groundOf } from './ground.ts';
import { type Cost, costOf, costOfAsync, median, percentile, spreadOf } from './measures.ts';
import type { BenchReport } from './report.ts';
import { bytesOf, type Trail } from './trail.ts';
import { pageOf, viewOf } from './views.ts';

const goal = 100;
const ratioGoal = 3;

/** `counts`: exact counts under event, module, user, time and their combinations, against COUNT over indexes. */
export const measureCounts = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  const { dataFolder, ledgerFile, flatFile, entries } = await groundOf(trail);
  const flat = openFlatTable(flatFile);
  try {
    const measured = chooseColumnFilters(flat).map((filter) => ({
      filter,
      count: 0,
      ours: [] as Cost[],
      bare: [] as Cost[],
    }));
    const differences = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      // New threads each round: nothing has been counted in them before.
      const engine = await openBenchEngine(dataFolder);
      try {
        const { call } = await engine.signIn();
        // Once, for the code to be there; the thread that counts is not the one that pages.
        await call('log.count', {
          view: viewOf([{ kind: 'number', key: 'id', exclude: false, tests: [{ op: '>', value: 1 }] }]),
        });
        await pageOf(call, viewOf([]), { position: 0 });
        for (const one of measured) {
          const { clauses, where, values, name } = one.filter;
          const statement = flat.prepare(`SELECT count(*) FROM flat WHERE ${where}`).pluck();
          const askBare = (): void => {
            const { value, cost } = costOf(() => Number(statement.get(values)));
            one.count = value;
            one.bare.push(cost);
          };
          if (round % 2 === 1) askBare();
          const { value, cost } = await costOfAsync(() => call('log.count', { view: viewOf(clauses) }));
          one.ours.push(cost);
          if (round % 2 === 0) askBare();
          if (value.count !== one.count) differences.add(`${name}: ${value.count}, SQL ${one.count}`);
        }
      } finally {
        await engine.close();
      }
    }
    const walls = (costs: readonly Cost[]): readonly number[] => costs.map(({ wall }) => wall);
    const ours = measured.flatMap((one) => walls(one.ours));
    const bare = measured.flatMap((one) => walls(one.bare));
    const ratios = measured.map((one) => median(walls(one.bare)) / median(walls(one.ours)));
    const slowest = Math.max(...measured.map((one) => median(walls(one.ours))));
    return {
      bench: 'counts',
      did: { trail: trail.name, rows: entries, ledgerBytes: bytesOf(ledgerFile), filters: measured.length, rounds },
      figures: [
        {
          what: `exact count (${ours.length}): the slowest filter’s median`,
          unit: 'ms',
          ours: { median: slowest, least: Math.min(...ours), most: Math.max(...ours) },
          bare: { median: percentile(bare, 1), least: Math.min(...bare), most: Math.max(...bare) },
          ratio: null,
          required: `≤ ${goal} ms`,
          reached: slowest <= goal,
        },
        {
          what: 'exact count: median of the ratios',
          unit: 'ms',
          ours: spreadOf(measured.map((one) => median(walls(one.ours)))),
          bare: spreadOf(measured.map((one) => median(walls(one.bare)))),
          ratio: median(ratios),
          required: `≥ ${ratioGoal} × faster`,
          reached: median(ratios) >= ratioGoal,
        },
        ...measured.map(({ filter, count, ours, bare }) => ({
          what: `${filter.name}: ${count.toLocaleString('en-US')}, cpu ${median(ours.map(({ cpu }) => cpu)).toFixed(0)}`,
          unit: 'ms',
          ours: spreadOf(walls(ours)),
          bare: spreadOf(walls(bare)),
          ratio: median(walls(bare)) / median(walls(ours)),
          required: null,
          reached: null,
        })),
      ],
      differences: [...differences],
      notes: [
        'ours: log.count as a signed-in window asks it, of views that were never looked at in these threads, which are new each round',
        `bare: SELECT count(*) FROM flat WHERE …, one table with every name written out and indexes on (${flatIndexes.join('), (')}), statistics of ANALYZE; SQLite chooses the index`,
        'ratio: how many times faster (bare / ours)',
      ],
      skipped: null,
    };
  } finally {
    flat.close();
  }
};

import { median, percentile, type Spread, spreadOf } from '../measures.ts';
import type { Figure } from '../report.ts';
import type { Compared } from './flat-pages.ts';
import type { Looked, Looks } from './looks.ts';

const jumpGoals = { p50: 2, p99: 10 } as const;
const offsetGoal = 100;
/** OFFSET is cheap before so many rows, whoever skips them. */
const deepPlace = 10_000;

const percentilesOf = (values: readonly number[]): Spread => ({
  median: percentile(values, 0.95),
  least: percentile(values, 0.5),
  most: Math.max(...values),
});

/** A p95 beside the bare way's, if that was asked too; `goal` in milliseconds. */
export const p95Figure = (
  what: string,
  values: readonly number[],
  bare: readonly number[],
  goal: number | null,
): Figure[] => {
  if (values.length === 0) return [];
  const ours = percentilesOf(values);
  const there = bare.length === 0 ? null : percentilesOf(bare);
  return [
    {
      what: `${what} (${values.length}): p95 (p50–max)`,
      unit: 'ms',
      ours,
      bare: there,
      ratio: there === null ? null : ours.median / there.median,
      required: goal === null ? null : `p95 ≤ ${goal} ms`,
      reached: goal === null ? null : ours.median <= goal,
    },
  ];
};

/** How a jump stands to the first page of the same views. */
const jumpFigures = (what: string, jumps: readonly number[], first: readonly number[]): Figure[] => {
  if (jumps.length === 0 || first.length === 0) return [];
  const usual = percentile(first, 0.5);
  return ([50, 99] as const).map((rank) => {
    const ours = percentile(jumps, rank / 100);
    const goal = rank === 50 ? jumpGoals.p50 : jumpGoals.p99;
    return {
      what: `${what} (${jumps.length}): p${rank}, against the first page’s p50`,
      unit: 'ms',
      ours: { median: ours, least: ours, most: ours },
      bare: null,
      ratio: ours / usual,
      required: `≤ ${goal} × the first page`,
      reached: ours <= goal * usual,
    };
  });
};

export const offsetFigures = ({ jumps }: Compared): Figure[] =>
  [
    {
      what: `from row ${deepPlace.toLocaleString('en-US')} on`,
      chosen: jumps.filter(({ place }) => place >= deepPlace),
      goal: offsetGoal,
    },
    { what: 'any', chosen: jumps, goal: null },
  ].flatMap(({ what, chosen, goal }) => {
    if (chosen.length === 0) return [];
    const ratio = median(chosen.map(({ ours, bare }) => bare / ours));
    return [
      {
        what: `the middle, ${what}, against OFFSET (${chosen.length}): median of the ratios`,
        unit: 'ms',
        ours: spreadOf(chosen.map(({ ours }) => ours)),
        bare: spreadOf(chosen.map(({ bare }) => bare)),
        ratio,
        required: goal === null ? null : `≥ ${goal} × faster`,
        reached: goal === null ? null : ratio >= goal,
      },
    ];
  });

/** All kinds of jumps in the views that pass. */
export const jumpsFigures = ({ of }: Looks, where: string, passes: (looked: Looked) => boolean): Figure[] => {
  const first = of('first page', passes);
  return (['jump at once', 'jump after a moment', 'jump once counted', 'further jump'] as const).flatMap((step) =>
    jumpFigures(`${step}, ${where}`, of(step, passes), first),
  );
};

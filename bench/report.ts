import type { Spread } from './measures.ts';

/** One measured figure. `ours` and `bare` are of the same unit; `ratio` is what the requirement speaks of. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly ours: Spread;
  readonly bare: Spread | null;
  readonly ratio: number | null;
  /** In words, as the project's goals say it; null when it is told for information. */
  readonly required: string | null;
  readonly reached: boolean | null;
}

export interface BenchReport {
  readonly bench: string;
  /** What was done, over how much: rows, bytes, rounds, terms. */
  readonly did: Readonly<Record<string, string | number>>;
  readonly figures: readonly Figure[];
  /** Answers that differed from the bare way's; empty when all were the same. */
  readonly differences: readonly string[];
  /** What a reader has to know to judge the figures. */
  readonly notes: readonly string[];
  /** Why nothing was measured; null when it was. */
  readonly skipped: string | null;
}

const numberText = (value: number): string => {
  const digits = value >= 1000 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
};

const spreadText = ({ median, least, most }: Spread): string =>
  least === most ? numberText(median) : `${numberText(median)} (${numberText(least)}–${numberText(most)})`;

const verdict = ({ required, reached }: Figure): string => {
  if (required === null) return '';
  return reached ? `${required}: reached` : `${required}: MISSED`;
};

const tableOf = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** A report as a person reads it: spreads as median (least–most). */
export const reportText = (report: BenchReport): string => {
  const { bench, did, figures, differences, notes, skipped } = report;
  const head = `${bench}  ${Object.entries(did)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? value.toLocaleString('en-US') : value}`)
    .join(' · ')}`;
  if (skipped !== null) return `${head}\n  skipped: ${skipped}\n`;
  const rows = [
    ['what', 'unit', 'ours', 'bare', 'ratio', 'required'],
    ...figures.map((figure) => [
      figure.what,
      figure.unit,
      spreadText(figure.ours),
      figure.bare === null ? '' : spreadText(figure.bare),
      figure.ratio === null ? '' : `${numberText(figure.ratio)} ×`,
      verdict(figure),
    ]),
  ];
  const answers =
    differences.length === 0
      ? ['answers: the same as the bare way’s']
      : ['ANSWERS DIFFER', ...differences.map((difference) => `  ${difference}`)];
  return [head, tableOf(rows), ...answers, ...notes].join('\n  ').concat('\n');
};

/** Says on standard error what is being done: some of it takes minutes. */
export const tellStep = (text: string): void =>
  void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

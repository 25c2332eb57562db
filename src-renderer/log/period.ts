import { formatInstant } from '#renderer/i18n/zoned-time.ts';
import type { Query } from '#shared/contract/query.ts';
import type { Timeline } from '#shared/contract/view.ts';
import { timeBounds } from '#shared/query/time-bounds.ts';
import { offsetMsAt } from '#shared/text/zone-offset.ts';

/** Milliseconds since 1970; `end` is not included. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

const day = 86_400_000;

/** The whole span of a timeline; null when it has no bars. */
export const spanOf = (timeline: Timeline): Period | null => {
  const start = Date.parse(timeline.starts[0] ?? '');
  const end = Date.parse(timeline.end);
  return Number.isNaN(start) || Number.isNaN(end) || end <= start ? null : { start, end };
};

/** What the including periods of a query leave of a span; null when the query has none. `now` is an ISO 8601 instant. */
export const periodOf = (query: Query, zone: string, now: string, span: Period): Period | null => {
  const micros = Date.parse(now) * 1000;
  const periods = query.clauses.flatMap((clause): readonly Period[] => {
    if (clause.kind !== 'time' || clause.exclude) return [];
    const { start, end } = timeBounds(clause, zone, micros);
    return [{ start: start === null ? span.start : start / 1000, end: end === null ? span.end : end / 1000 }];
  });
  if (periods.length === 0) return null;
  return {
    start: Math.max(span.start, ...periods.map(({ start }) => start)),
    end: Math.min(span.end, ...periods.map(({ end }) => end)),
  };
};

/**
 * A period as a query writes it, on the zone’s clock: whole days when it is at least two days long, else whole minutes.
 * Both ends are included, so the end is the last day or minute inside.
 */
export const writePeriod = ({ start, end }: Period, zone: string): { readonly start: string; readonly end: string } => {
  const length = end - start >= 2 * day ? 10 : 16;
  const write = (time: number): string =>
    formatInstant(new Date(time).toISOString(), zone).slice(0, length).replace(' ', 'T');
  return { start: write(start), end: write(Math.max(start, end - 1)) };
};

/** The bar that a moment falls in. */
export const barAt = (timeline: Timeline, time: number): number => {
  let low = 0;
  let high = timeline.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (Date.parse(timeline.starts[middle] ?? '') <= time) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** Start and end of a bar. */
export const barPeriod = (timeline: Timeline, bar: number): Period => ({
  start: Date.parse(timeline.starts[bar] ?? timeline.end),
  end: Date.parse(timeline.starts[bar + 1] ?? timeline.end),
});

export interface Tick {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly label: string;
}

const steps: readonly {
  readonly unit: 'hour' | 'day' | 'month' | 'year';
  readonly size: number;
  readonly ms: number;
}[] = [
  { unit: 'hour', size: 1, ms: 3_600_000 },
  { unit: 'hour', size: 6, ms: 6 * 3_600_000 },
  { unit: 'day', size: 1, ms: day },
  { unit: 'day', size: 7, ms: 7 * day },
  { unit: 'month', size: 1, ms: 30 * day },
  { unit: 'month', size: 3, ms: 91 * day },
  { unit: 'year', size: 1, ms: 365 * day },
  { unit: 'year', size: 2, ms: 730 * day },
  { unit: 'year', size: 5, ms: 1826 * day },
  { unit: 'year', size: 20, ms: 7305 * day },
  { unit: 'year', size: 100, ms: 36_525 * day },
];

const labelOptions = {
  hour: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { day: 'numeric', month: 'short' },
  month: { month: 'short', year: 'numeric' },
  year: { year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** The start of the unit that holds a moment; clocks here are the zone’s, kept as if they were UTC. */
const floorTo = (time: number, unit: 'hour' | 'day' | 'month' | 'year', size: number): Date => {
  const date = new Date(time);
  const year = date.getUTCFullYear();
  switch (unit) {
    case 'hour':
      return new Date(Math.floor(time / (size * 3_600_000)) * size * 3_600_000);
    case 'day':
      return new Date(Math.floor(time / day) * day);
    case 'month':
      return new Date(Date.UTC(year, Math.floor(date.getUTCMonth() / size) * size, 1));
    case 'year': {
      const floored = new Date(0);
      floored.setUTCFullYear(Math.floor(year / size) * size, 0, 1);
      return floored;
    }
    default:
      return unit satisfies never;
  }
};

const advance = (date: Date, unit: 'hour' | 'day' | 'month' | 'year', size: number): Date => {
  const next = new Date(date);
  if (unit === 'hour') next.setTime(date.getTime() + size * 3_600_000);
  else if (unit === 'day') next.setTime(date.getTime() + size * day);
  else if (unit === 'month') next.setUTCMonth(date.getUTCMonth() + size);
  else next.setUTCFullYear(date.getUTCFullYear() + size);
  return next;
};

/** Labels under a span, about `most` of them, at round hours, days, months or years of the zone. */
export const ticksOf = (span: Period, most: number, zone: string, language: string): readonly Tick[] => {
  const step = steps.find(({ ms }) => (span.end - span.start) / ms <= most) ?? steps.at(-1);
  if (step === undefined) return [];
  const format = new Intl.DateTimeFormat(language, { ...labelOptions[step.unit], timeZone: 'UTC' });
  const ticks: Tick[] = [];
  let local = floorTo(span.start + offsetMsAt(zone, span.start), step.unit, step.size);
  for (;;) {
    const time = local.getTime() - offsetMsAt(zone, local.getTime());
    if (time > span.end) return ticks;
    if (time >= span.start) ticks.push({ time, label: format.format(local) });
    local = advance(local, step.unit, step.size);
  }
};

/**
 * One end of a period as a person writes it: `2026`, `2026-03`, `2026-03-01`, `2026-03-01T10:30[:15[.123456]]` with an
 * offset or `Z` or without, `2026-03-01 10:30 −06:00` as the window shows it, or `-7d`.
 */
export type TimeTerm = RelativeTerm | AbsoluteTerm;

/** So long before now. Minutes and hours are exact; the rest goes by the calendar of the zone. */
export interface RelativeTerm {
  readonly kind: 'relative';
  readonly amount: number;
  readonly unit: RelativeUnit;
}
export type RelativeUnit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

export interface AbsoluteTerm {
  readonly kind: 'absolute';
  /** Its first moment on the wall clock, as milliseconds since 1970 if that clock were UTC. */
  readonly localMs: number;
  /** Microseconds of that moment beyond the millisecond. */
  readonly extraMicros: number;
  /** The last thing that was written; the term means all of it. */
  readonly precision: 'year' | 'month' | 'day' | 'minute' | 'second' | 'fraction';
  /** Decimals of the second that were written. */
  readonly decimals: number;
  /** East of UTC; null when none was written, which means the zone of the reading. */
  readonly offsetMinutes: number | null;
}

/** `m` is months, `min` minutes; weeks and years have a Spanish letter too (`s` is left out: it reads as seconds). */
const units: Readonly<Record<string, RelativeUnit>> = {
  min: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  sem: 'week',
  m: 'month',
  y: 'year',
  a: 'year',
};

const relative = /^-(\d{1,6})(min|sem|h|d|w|m|y|a)$/i;
const absolute =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(?:(Z)| ?([+\-−])(\d{2}):(\d{2}))?)?)?)?$/i;

const msPerMinute = 60_000;

/** Milliseconds since 1970 of a UTC wall clock; `month` 1 the first. Out-of-range parts carry over, as in `Date.UTC`. */
export const utcMs = (year: number, month: number, day: number): number => {
  // Date.UTC reads years below 100 as 19xx; setUTCFullYear does not.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
};

/** The term that `text` writes, or why it is none. */
export const readTimeTerm = (text: string): TimeTerm | 'not_a_time' | 'impossible_time' => {
  const ago = relative.exec(text);
  if (ago !== null) {
    const unit = units[(ago[2] ?? '').toLowerCase()];
    return unit === undefined ? 'not_a_time' : { kind: 'relative', amount: Number(ago[1]), unit };
  }
  const parts = absolute.exec(text);
  if (parts === null) return 'not_a_time';
  const part = (index: number, otherwise: number): number =>
    parts[index] === undefined ? otherwise : Number(parts[index]);
  const [year, month, day] = [part(1, 0), part(2, 1), part(3, 1)];
  const [hour, minute, second] = [part(4, 0), part(5, 0), part(6, 0)];
  const [offsetHours, offsetRest] = [part(10, 0), part(11, 0)];
  const midnight = utcMs(year, month, day);
  const possible =
    year >= 1 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    new Date(midnight).getUTCDate() === day &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59 &&
    offsetHours <= 23 &&
    offsetRest <= 59;
  if (!possible) return 'impossible_time';
  const decimals = parts[7] ?? '';
  const micros = Number(decimals.padEnd(6, '0'));
  const sign = parts[9] === '+' ? 1 : -1;
  return {
    kind: 'absolute',
    localMs: midnight + (hour * 60 + minute) * msPerMinute + second * 1000 + Math.floor(micros / 1000),
    extraMicros: micros % 1000,
    precision:
      decimals !== ''
        ? 'fraction'
        : parts[6] !== undefined
          ? 'second'
          : parts[5] !== undefined
            ? 'minute'
            : parts[3] !== undefined
              ? 'day'
              : parts[2] !== undefined
                ? 'month'
                : 'year',
    decimals: decimals.length,
    offsetMinutes: parts[8] !== undefined ? 0 : parts[9] === undefined ? null : sign * (offsetHours * 60 + offsetRest),
  };
};

/** The first moment after everything that `term` means, on its own wall clock. */
export const localEndOf = (term: AbsoluteTerm): { readonly localMs: number; readonly extraMicros: number } => {
  const start = new Date(term.localMs);
  const [year, month, day] = [start.getUTCFullYear(), start.getUTCMonth() + 1, start.getUTCDate()];
  switch (term.precision) {
    case 'year':
      return { localMs: utcMs(year + 1, 1, 1), extraMicros: 0 };
    case 'month':
      return { localMs: utcMs(year, month + 1, 1), extraMicros: 0 };
    case 'day':
      return { localMs: utcMs(year, month, day + 1), extraMicros: 0 };
    case 'minute':
      return { localMs: term.localMs + msPerMinute, extraMicros: 0 };
    case 'second':
      return { localMs: term.localMs + 1000, extraMicros: 0 };
    case 'fraction': {
      const micros = term.extraMicros + 10 ** (6 - term.decimals);
      return { localMs: term.localMs + Math.floor(micros / 1000), extraMicros: micros % 1000 };
    }
    default:
      return term.precision satisfies never;
  }
};

/** The fewest and the most days that a stretch of one unit can take, zone changes included. */
const daysOfUnit = {
  minute: [1 / 1440, 1 / 1440],
  hour: [1 / 24, 1 / 24],
  day: [0.9, 1.1],
  week: [6.9, 7.1],
  month: [27.9, 31.1],
  year: [364.9, 366.1],
} as const satisfies Record<RelativeUnit, readonly [number, number]>;

/** True when a period from `start` to `end` ends before it begins whatever the zone and the time of asking. */
export const isReversed = (start: TimeTerm, end: TimeTerm): boolean => {
  if (start.kind === 'relative' && end.kind === 'relative') {
    if (start.unit === end.unit) return start.amount < end.amount;
    return start.amount * daysOfUnit[start.unit][1] < end.amount * daysOfUnit[end.unit][0];
  }
  if (start.kind === 'relative' || end.kind === 'relative') return false;
  if ((start.offsetMinutes === null) !== (end.offsetMinutes === null)) return false;
  const endOfAll = localEndOf(end);
  const startMs = start.localMs - (start.offsetMinutes ?? 0) * msPerMinute;
  const endMs = endOfAll.localMs - (end.offsetMinutes ?? 0) * msPerMinute;
  return startMs > endMs || (startMs === endMs && start.extraMicros >= endOfAll.extraMicros);
};

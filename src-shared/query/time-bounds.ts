import type { Clause } from '#shared/contract/query.ts';
import { firstInstantFrom, instantAfterAllBefore, offsetMsAt } from '#shared/text/zone-offset.ts';
import { queryUnreadable } from './problems.ts';
import { localEndOf, type RelativeTerm, readTimeTerm, type TimeTerm, utcMs } from './time-term.ts';

export type TimeClause = Extract<Clause, { kind: 'time' }>;

/** Microseconds since 1970; `start` is included, `end` is not; null where the period is open. */
export interface TimeBounds {
  readonly start: number | null;
  readonly end: number | null;
}

const readTerm = (written: string): TimeTerm => {
  const term = readTimeTerm(written);
  if (typeof term === 'string') throw queryUnreadable(term, written, 0, written.length);
  return term;
};

/** Beyond these, microseconds are no longer whole numbers; no entry is there. */
const clamp = (micros: number): number =>
  Number.isNaN(micros)
    ? Number.MIN_SAFE_INTEGER
    : Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, micros));

const isClamped = (micros: number): boolean => Math.abs(micros) === Number.MAX_SAFE_INTEGER;

/** The instant `term` before `now`; months and years keep the day of the month where there is one, else its last. */
const instantAgo = (term: RelativeTerm, zone: string, now: number): number => {
  if (term.amount === 0) return now;
  if (term.unit === 'minute') return clamp(now - term.amount * 60_000_000);
  if (term.unit === 'hour') return clamp(now - term.amount * 3_600_000_000);
  const local = now + offsetMsAt(zone, Math.floor(now / 1000)) * 1000;
  const wall = new Date(Math.floor(local / 1000));
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth() + 1, wall.getUTCDate()];
  let midnight: number;
  if (term.unit === 'day' || term.unit === 'week') {
    midnight = utcMs(year, month, day - term.amount * (term.unit === 'week' ? 7 : 1));
  } else {
    const months = year * 12 + month - 1 - term.amount * (term.unit === 'year' ? 12 : 1);
    const [toYear, toMonth] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1];
    const daysInMonth = new Date(utcMs(toYear, toMonth + 1, 0)).getUTCDate();
    midnight = utcMs(toYear, toMonth, Math.min(day, daysInMonth));
  }
  const moved = clamp(local + (midnight - utcMs(year, month, day)) * 1000);
  return isClamped(moved) ? moved : firstInstantFrom(zone, moved);
};

const startOf = (term: TimeTerm, zone: string, now: number): number => {
  if (term.kind === 'relative') return instantAgo(term, zone, now);
  const local = clamp(term.localMs * 1000 + term.extraMicros);
  if (isClamped(local)) return local;
  return term.offsetMinutes === null ? firstInstantFrom(zone, local) : clamp(local - term.offsetMinutes * 60_000_000);
};

const endOf = (term: TimeTerm, zone: string, now: number): number => {
  if (term.kind === 'relative') return clamp(instantAgo(term, zone, now) + 1);
  const { localMs, extraMicros } = localEndOf(term);
  const local = clamp(localMs * 1000 + extraMicros);
  if (isClamped(local)) return local;
  return term.offsetMinutes === null
    ? instantAfterAllBefore(zone, local)
    : clamp(local - term.offsetMinutes * 60_000_000);
};

/**
 * The bounds that a period means in `zone` (an IANA name) when it is `now` (µs since 1970). Its end takes in everything
 * that was written: the whole year, month, day, minute, second, or last decimal. Where the clock goes back, both passes
 * are taken in; where it jumps over a moment, the period begins or ends at the jump. `exclude` is not looked at.
 * Throws `query_unreadable` for an end that is no time, `invalid` for an unknown zone.
 */
export const timeBounds = (clause: TimeClause, zone: string, now: number): TimeBounds => ({
  start: clause.start === null ? null : startOf(readTerm(clause.start), zone, now),
  end: clause.end === null ? null : endOf(readTerm(clause.end), zone, now),
});

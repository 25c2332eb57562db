import { BitacoraError } from '#shared/contract/errors.ts';

const quarterHour = 15 * 60_000;
/** Distinct quarters of an hour that are remembered; a log's rows come nearly in order. */
const remembered = 4096;

/**
 * Milliseconds since 1970 in UTC of a local time (given as if it were UTC), or null when the clocks skipped it. A time
 * that came twice, when the clocks were set back, is its first occurrence.
 */
export type ZoneClock = (localMs: number) => number | null;

/** Throws `invalid` when there is no such IANA zone. */
export const createZoneClock = (zone: string): ZoneClock => {
  if (zone === 'UTC') return (localMs) => localMs;
  const format = zoneFormat(zone);
  const offsetAt = (utcMs: number): number => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(utcMs)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(utcMs / 1000) * 1000;
  };
  // All offsets in use since 1900 change on a quarter of an hour, so one answer serves the whole quarter.
  const offsets = new Map<number, number | null>();
  const offsetOf = (localMs: number): number | null => {
    const quarter = Math.floor(localMs / quarterHour);
    const known = offsets.get(quarter);
    if (known !== undefined) return known;
    const local = quarter * quarterHour;
    // A zone's offset is at most a day away from UTC, so these are the offsets before and after any change nearby.
    const candidates = [offsetAt(local - 86_400_000), offsetAt(local + 86_400_000)];
    const fitting = candidates.filter((offset) => offsetAt(local - offset) === offset);
    const offset = fitting.length === 0 ? null : Math.max(...fitting);
    if (offsets.size >= remembered) offsets.clear();
    offsets.set(quarter, offset);
    return offset;
  };
  return (localMs) => {
    const offset = offsetOf(localMs);
    return offset === null ? null : localMs - offset;
  };
};

const zoneFormat = (zone: string): Intl.DateTimeFormat => {
  try {
    return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    throw new BitacoraError('invalid', { fields: 'zone', zone }, { cause: error });
  }
};

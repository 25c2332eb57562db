import { BitacoraError } from '#shared/contract/errors.ts';

const msPerDay = 86_400_000;
const maxCachedDays = 20_000;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** Offsets of the UTC days in which the offset does not change, by days since 1970. */
  readonly steadyDays: Map<number, number>;
}

const zones = new Map<string, Zone>();

const openZone = (name: string): Zone => {
  const known = zones.get(name);
  if (known !== undefined) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    const zone: Zone = { format, steadyDays: new Map() };
    zones.set(name, zone);
    return zone;
  } catch (cause) {
    throw new BitacoraError('invalid', { fields: `zone (${name.slice(0, 60)})` }, { cause });
  }
};

/** True when `name` is a time zone that this machine knows. */
export const isZone = (name: string): boolean => {
  try {
    openZone(name);
    return true;
  } catch (error) {
    if (error instanceof BitacoraError) return false;
    throw error;
  }
};

const wallClock = /^(\d+)\/(\d+)\/(\d+) (\w+), (\d+):(\d+):(\d+)$/;

const askOffset = (zone: Zone, utcMs: number): number => {
  const second = Math.floor(utcMs / 1000) * 1000;
  const shown = zone.format.format(second);
  const parts = wallClock.exec(shown);
  if (parts === null) throw new Error(`The platform wrote a time in a way that is not known: ${shown}`);
  const part = (index: number): number => Number(parts[index]);
  const date = new Date(0);
  date.setUTCFullYear(parts[4]?.startsWith('B') ? 1 - part(3) : part(3), part(1) - 1, part(2));
  date.setUTCHours(part(5), part(6), part(7));
  return date.getTime() - second;
};

const offsetIn = (zone: Zone, utcMs: number): number => {
  const day = Math.floor(utcMs / msPerDay);
  const steady = zone.steadyDays.get(day);
  if (steady !== undefined) return steady;
  const atStart = askOffset(zone, day * msPerDay);
  // No zone changes its offset and changes it back within a day.
  if (atStart !== askOffset(zone, (day + 1) * msPerDay - 1)) return askOffset(zone, utcMs);
  if (zone.steadyDays.size >= maxCachedDays) zone.steadyDays.clear();
  zone.steadyDays.set(day, atStart);
  return atStart;
};

/**
 * How far the wall clock of `zone` (an IANA name) is ahead of UTC at an instant, in milliseconds; negative in the west.
 * Throws `invalid` for a zone that this machine does not know.
 */
export const offsetMsAt = (zone: string, utcMs: number): number => offsetIn(openZone(zone), utcMs);

/** A wall-clock reading in microseconds, as if that clock were UTC, between two days of steady offset. */
interface Surroundings {
  readonly before: number;
  readonly after: number;
  /** The instant from which `after` holds; anything when the offsets are equal. In microseconds, as they are. */
  readonly change: number;
}

const surroundingsOf = (zoneName: string, localMicros: number): Surroundings => {
  const zone = openZone(zoneName);
  const localMs = Math.floor(localMicros / 1000);
  // No zone is a whole day away from UTC, so a day either side is surely before and after the moment meant.
  let low = localMs - msPerDay;
  let high = localMs + msPerDay;
  const before = offsetIn(zone, low);
  const after = offsetIn(zone, high);
  if (before !== after) {
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetIn(zone, middle) === before) low = middle;
      else high = middle;
    }
  }
  return { before: before * 1000, after: after * 1000, change: high * 1000 };
};

/**
 * The first instant (µs since 1970) at which the wall clock of `zone` shows `localMicros` or later. When the clock goes
 * back this is the earlier of the two; when it jumps over the moment, the jump.
 */
export const firstInstantFrom = (zone: string, localMicros: number): number => {
  const { before, after, change } = surroundingsOf(zone, localMicros);
  const early = localMicros - before;
  if (before === after || early < change) return early;
  return Math.max(change, localMicros - after);
};

/**
 * The end (µs since 1970, not included) of everything that the wall clock of `zone` shows before `localMicros`. When the
 * clock goes back over the moment this is the later of the two; when it jumps over it, the jump.
 */
export const instantAfterAllBefore = (zone: string, localMicros: number): number => {
  const { before, after, change } = surroundingsOf(zone, localMicros);
  const late = localMicros - after;
  if (before === after || late > change) return late;
  return Math.min(change, localMicros - before);
};

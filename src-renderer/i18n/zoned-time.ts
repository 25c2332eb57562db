/** Instants shown on the clock of a chosen zone. Digits are the same in every language: ISO order, 24 hours. */
const clocks = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, Intl.DateTimeFormat>();

const cached = (
  cache: Map<string, Intl.DateTimeFormat>,
  zone: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat => {
  const known = cache.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('sv-SE', { ...options, timeZone: zone });
  cache.set(zone, made);
  return made;
};

/** `2021-02-11 18:04:27` for an ISO 8601 instant, on the zone's clock. What can't be read as an instant stays as it is. */
export const formatInstant = (instant: string, zone: string): string => {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return instant;
  return cached(clocks, zone, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(time);
};

/** `−06:00` at an instant (milliseconds since 1970), with a true minus sign; `+00:00` for UTC. */
export const zoneOffset = (zone: string, time: number): string => {
  const parts = cached(offsets, zone, { timeZoneName: 'longOffset' }).formatToParts(time);
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const offset = name.replace('GMT', '').replace('-', '\u2212');
  return offset === '' ? '+00:00' : offset;
};

/** `2021-02-11 18:04:27 −06:00`. */
export const formatInstantWithOffset = (instant: string, zone: string): string => {
  const time = Date.parse(instant);
  return Number.isNaN(time) ? instant : `${formatInstant(instant, zone)} ${zoneOffset(zone, time)}`;
};

/** The zone of this computer. */
export const systemZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

export const isZone = (value: unknown): value is string => {
  if (typeof value !== 'string') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

/** Every zone that this runtime knows, `UTC` first. */
export const allZones = (): readonly string[] => [
  'UTC',
  ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC'),
];

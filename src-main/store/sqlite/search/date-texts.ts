import { Kept } from '../kept.ts';
import { isoText, mayBeInDate } from './searched-texts.ts';

/** The times that some entries have. */
export interface TimeRange {
  /** Microseconds since 1970, both included. */
  readonly min: number;
  readonly max: number;
  /** True when some time is not a whole millisecond, and has six decimals. */
  readonly micros: boolean;
}

const digits = /\d/;
const firstPlainYear = Date.parse('0000-01-01T00:00:00Z') * 1000;
const firstLongYear = Date.parse('+010000-01-01T00:00:00Z') * 1000;
/** `2026-03-01t`, `2026-03-01t10:00:` and `2026-03-01t10:00:00`. */
const dayLength = 11;
const minuteLength = 17;
const secondsLength = 19;

/**
 * What to look for in `2026-03-01t10:00:00.000z` for a folded word; null when no date has it. A date is searched in two
 * spellings, with a T and with a space in its middle.
 */
export const dateNeedle = (folded: string): string | null => {
  if (!mayBeInDate(folded) || (folded.includes(' ') && folded.includes('t'))) return null;
  return folded.replaceAll(' ', 't');
};

const fits = (needle: string, template: string, start: number): boolean => {
  for (let at = 0; at < needle.length; at++) {
    const wanted = template[start + at];
    const unit = needle[at] as string;
    if (wanted === 'd' ? !digits.test(unit) : wanted !== unit) return false;
  }
  return true;
};

/** Where in a date of the range the needle may begin. */
interface Places {
  /** When the time is a whole millisecond, and when it is not. */
  readonly millis: readonly number[];
  readonly micros: readonly number[];
}

/** The first and the last date of a range, and to the second what all of them have: `d` for a digit that differs. */
interface DatesOfRange {
  readonly low: string;
  readonly high: string;
  readonly seconds: string;
}
/** Every word of digits is looked for in the same ranges. */
const datesOf = new WeakMap<TimeRange, DatesOfRange>();

const datesIn = (range: TimeRange): DatesOfRange => {
  const known = datesOf.get(range);
  if (known) return known;
  // Such texts are in the order of their times, so that what two of them begin with, all between them begin with.
  const [low, high] = [isoText(range.min).toLowerCase(), isoText(range.max).toLowerCase()];
  let same = 0;
  while (same < secondsLength && low[same] === high[same]) same += 1;
  const found = { low, high, seconds: low.slice(0, same) + low.slice(same, secondsLength).replaceAll(/\d/g, 'd') };
  datesOf.set(range, found);
  return found;
};

/** Null where a year of the range does not have four digits, and a date not its usual length. */
const placesIn = (needle: string, range: TimeRange): Places | null => {
  if (range.min < firstPlainYear || range.max >= firstLongYear) return null;
  const { low, high, seconds } = datesIn(range);
  const length = Math.min(needle.length, secondsLength);
  const begin = needle.slice(0, length);
  const mayBegin = low.slice(0, length) <= begin && begin <= high.slice(0, length);
  const fitting = (template: string): readonly number[] => {
    const starts: number[] = [];
    for (let start = mayBegin ? 0 : 1; start + needle.length <= template.length; start++) {
      if (fits(needle, template, start)) starts.push(start);
    }
    return starts;
  };
  return { millis: fitting(`${seconds}.dddz`), micros: range.micros ? fitting(`${seconds}.ddddddz`) : [] };
};

/** False when no time of the range can have the needle in its text. */
export const mayBeInRange = (needle: string, range: TimeRange): boolean => {
  const places = placesIn(needle, range);
  return places === null || places.millis.length + places.micros.length > 0;
};

const dayMicros = 86_400_000_000;

const [unknown, has, hasNot] = [0, 1, 2];
/** What is kept of the words that were last looked for: 60 KB each. */
const keptWords = 8;
/** For each millisecond of a minute whether its text has a needle at one of some places, as far as that is known. */
const knownMillis = new Kept<Uint8Array>(keptWords);

/**
 * For times whose years have four digits: whether a time's text has the needle. Only what differs from the time before
 * is spelled out again.
 */
const createDateTest = (needle: string, { millis, micros }: Places): ((time: number) => boolean) => {
  const text = new Uint8Array(28);
  const wanted = Uint8Array.from(needle, (unit) => unit.charCodeAt(0));
  const endingIn = (starts: readonly number[], from: number, to: number): readonly number[] =>
    starts.filter((start) => start + wanted.length > from && start + wanted.length <= to);
  const all = [...new Set([...millis, ...micros])];
  const inDay = endingIn(all, 0, dayLength);
  const inMinute = endingIn(all, dayLength, minuteLength);
  const inMillis = endingIn(millis, minuteLength, text.length);
  const inMicros = endingIn(micros, minuteLength, text.length);
  const first = wanted[0];
  const hits = (starts: readonly number[]): boolean => {
    for (let i = 0; i < starts.length; i++) {
      const start = starts[i] as number;
      if (text[start] !== first) continue;
      let at = 1;
      while (at < wanted.length && text[start + at] === wanted[at]) at += 1;
      if (at >= wanted.length) return true;
    }
    return false;
  };
  const two = (value: number, at: number): void => {
    const tens = (value / 10) | 0;
    text[at] = 48 + tens;
    text[at + 1] = 48 + value - tens * 10;
  };
  const three = (value: number, at: number): void => {
    const hundreds = (value / 100) | 0;
    text[at] = 48 + hundreds;
    two(value - hundreds * 100, at + 1);
  };
  // Where the needle lies within seconds and milliseconds, each of the 60,000 of a minute is spelled out once.
  const ofMinute = inMillis.every((start) => start >= minuteLength)
    ? knownMillis.get(`${inMillis} ${needle}`, () => new Uint8Array(60_000))
    : null;
  let dayStart = Number.NaN;
  let minute = -1;
  let dayHit = false;
  let minuteHit = false;
  return (time) => {
    if (!(time >= dayStart && time < dayStart + dayMicros)) {
      dayStart = Math.floor(time / dayMicros) * dayMicros;
      const day = isoText(dayStart).toLowerCase();
      for (let i = 0; i < dayLength; i++) text[i] = day.charCodeAt(i);
      dayHit = hits(inDay);
      minute = -1;
    }
    // From here on in whole numbers of 32 bits.
    const ofDay = time - dayStart;
    const millisOfDay = (ofDay / 1000) | 0;
    const minuteOfDay = (millisOfDay / 60_000) | 0;
    if (minuteOfDay !== minute) {
      minute = minuteOfDay;
      const hour = (minute / 60) | 0;
      two(hour, dayLength);
      text[dayLength + 2] = 58;
      two(minute - hour * 60, dayLength + 3);
      text[dayLength + 5] = 58;
      minuteHit = dayHit || hits(inMinute);
    }
    if (minuteHit) return true;
    if (inMillis.length + inMicros.length === 0) return false;
    const millisOfMinute = millisOfDay - minute * 60_000;
    const microsOfMilli = ofDay - millisOfDay * 1000;
    const known = ofMinute !== null && microsOfMilli === 0 ? ofMinute[millisOfMinute] : unknown;
    if (known !== unknown) return known === has;
    const seconds = (millisOfMinute / 1000) | 0;
    two(seconds, minuteLength);
    text[secondsLength] = 46;
    three(millisOfMinute - seconds * 1000, secondsLength + 1);
    if (microsOfMilli === 0) {
      text[secondsLength + 4] = 122;
      const hit = hits(inMillis);
      if (ofMinute !== null) ofMinute[millisOfMinute] = hit ? has : hasNot;
      return hit;
    }
    three(microsOfMilli, secondsLength + 4);
    text[secondsLength + 7] = 122;
    return hits(inMicros);
  };
};

/** The test whether a time of the range has the needle in its text. */
export const dateTest = (needle: string, range: TimeRange): ((time: number) => boolean) => {
  const places = placesIn(needle, range);
  return places === null ? (time) => isoText(time).toLowerCase().includes(needle) : createDateTest(needle, places);
};

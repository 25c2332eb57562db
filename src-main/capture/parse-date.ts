import type { ImportOptions } from '#shared/contract/import.ts';
import type { RejectReason } from '#shared/contract/reject-reasons.ts';
import { createZoneClock, type ZoneClock } from './zone-clock.ts';

export type DateOrder = NonNullable<ImportOptions['dateOrder']>;

export interface DateFault {
  readonly reason: RejectReason;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Microseconds since 1970-01-01T00:00:00Z, or why the value is no date. */
export type ReadDate = (value: unknown) => number | DateFault;

const timePart =
  /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?\s*(?:([ap])\.?\s?m\.?(?![a-z]))?\s*(?:h(?:rs?|oras?)?\.?(?![a-z]))?\s*(z|utc|gmt|(?:utc|gmt)?[+-]\d{2}(?::?\d{2})?)?(?:\s*\([^)]*\))?$/i;
const yearFirst = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:(?:\s*,\s*|\s+|t)(.+))?$/i;
const yearLast = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:(?:\s*,\s*|\s+|t)(.+))?$/i;
const weekday = /^\p{L}{2,9}\.?,?\s+(?=\d|\p{L})/u;
const dayMonthName =
  /^(\d{1,2})(?:\s+de\s+|[-/.\s]\s*)(\p{L}{3,10})\.?(?:\s*,)?(?:\s+del?\s+|[-/.\s]\s*)(\d{4})(?:[,:\s]\s*(?:a\s+las?\s+)?(.+))?$/iu;
const monthNameDay = /^(\p{L}{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:[,\s]\s*(?:at\s+)?(.+))?$/iu;
const compact = /^((?:19|20)\d{2})(0[1-9]|1[0-2])([0-3]\d)(?:t?([0-2]\d)([0-5]\d)([0-5]\d)(z)?)?$/i;
const epochText = /^([+-]?\d{1,19})(?:\.(\d{1,9}))?$/;

/** Months by their first three letters, in Spanish and English; longer spellings must begin like the full name. */
const monthNames: readonly (readonly string[])[] = [
  ['enero', 'january'],
  ['febrero', 'february'],
  ['marzo', 'march'],
  ['abril', 'april'],
  ['mayo', 'may'],
  ['junio', 'june'],
  ['julio', 'july'],
  ['agosto', 'august'],
  ['septiembre', 'september', 'setiembre'],
  ['octubre', 'october'],
  ['noviembre', 'november'],
  ['diciembre', 'december'],
];
const weekdayNames = ['lunes', 'martes', 'miercoles', 'jueves', 'viernes', 'sabado', 'domingo'].concat([
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
]);

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

const monthOf = (name: string): number | null => {
  const folded = fold(name);
  const month = monthNames.findIndex((names) => names.some((full) => full.startsWith(folded)));
  return month < 0 ? null : month + 1;
};

const daysInMonth = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
};

/** Days from 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant, “chrono-compatible low-level date algorithms”). */
const daysFromCivil = (year: number, month: number, day: number): number => {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
};

interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The date's parts as the text spells them, and the text of its time; null when it is none of our spellings. */
const splitDate = (text: string, order: DateOrder): { date: CivilDate; time: string | undefined } | null => {
  const first = yearFirst.exec(text);
  if (first !== null) {
    const [, year, , month, day, time] = first;
    return { date: { year: Number(year), month: Number(month), day: Number(day) }, time };
  }
  const last = yearLast.exec(text);
  if (last !== null) {
    const [, one, , two, yearText = '', time] = last;
    // Two digits as POSIX reads them: 69–99 are 1969–1999.
    const short = Number(yearText);
    const year = yearText.length === 4 ? short : short + (short < 69 ? 2000 : 1900);
    const [day, month] = order === 'dmy' ? [Number(one), Number(two)] : [Number(two), Number(one)];
    return { date: { year, month, day }, time };
  }
  const digits = compact.exec(text);
  if (digits !== null) {
    const [, year, month, day, hour, minute, second, zone = ''] = digits;
    const time = hour === undefined ? undefined : `${hour}:${minute}:${second}${zone}`;
    return { date: { year: Number(year), month: Number(month), day: Number(day) }, time };
  }
  return splitNamedMonth(text);
};

const splitNamedMonth = (text: string): { date: CivilDate; time: string | undefined } | null => {
  const day = weekday.exec(text);
  const named = day !== null && isWeekday(day[0]) ? text.slice(day[0].length) : text;
  const dayFirst = dayMonthName.exec(named);
  const match = dayFirst ?? monthNameDay.exec(named);
  if (match === null) return null;
  const [, one = '', two = '', year, time] = match;
  const [dayText, monthText] = dayFirst === null ? [two, one] : [one, two];
  const month = monthOf(monthText);
  return month === null ? null : { date: { year: Number(year), month, day: Number(dayText) }, time };
};

const isWeekday = (text: string): boolean => {
  const name = fold(text).replace(/[^a-z]/g, '');
  return weekdayNames.some((full) => full.startsWith(name));
};

interface ClockTime {
  /** Microseconds since midnight. */
  readonly micros: number;
  /** Minutes east of UTC; null when the text has no offset. */
  readonly offset: number | null;
}

const readTime = (text: string): ClockTime | 'unreadable' | 'impossible' => {
  const match = timePart.exec(text.trim());
  if (match === null) return 'unreadable';
  const [, hourText, minuteText, secondText = '0', fraction = '', half, zone] = match;
  let hour = Number(hourText);
  const minute = Number(minuteText);
  const second = Number(secondText);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return 'impossible';
    hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return 'impossible';
  const micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
  const offset = readOffset(zone);
  return offset === 'impossible' ? offset : { micros, offset };
};

const midnight: ClockTime = { micros: 0, offset: null };

const readOffset = (zone: string | undefined): number | null | 'impossible' => {
  if (zone === undefined) return null;
  const match = /([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (match === null) return 0;
  const [, sign, hours, minutes = '0'] = match;
  const size = Number(hours) * 60 + Number(minutes);
  if (size > 18 * 60 || Number(minutes) > 59) return 'impossible';
  return sign === '-' ? -size : size;
};

/**
 * Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size. Numbers under 100,000,000
 * are no dates of an audit trail (they would be before March 1973), but years, counters and zeros.
 */
const readEpoch = (text: string): number | null => {
  const match = epochText.exec(text);
  if (match === null) return null;
  const whole = Number(match[1]);
  const fraction = Number(`0.${match[2] ?? '0'}`) * (whole < 0 ? -1 : 1);
  const size = Math.abs(whole);
  if (size < 1e8) return null;
  if (size < 1e11) return whole * 1e6 + Math.round(fraction * 1e6);
  if (size < 1e14) return whole * 1e3 + Math.round(fraction * 1e3);
  return size < 1e17 ? whole : Math.floor(whole / 1e3);
};

const readText = (text: string, order: DateOrder, clock: ZoneClock): number | RejectReason => {
  const split = splitDate(text, order);
  if (split === null) return readEpoch(text) ?? 'date_unreadable';
  const { year, month, day } = split.date;
  const time = split.time === undefined ? midnight : readTime(split.time);
  if (time === 'unreadable') return 'date_unreadable';
  const fits = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  if (!fits || time === 'impossible') return 'date_impossible';
  const micros = daysFromCivil(year, month, day) * 86_400_000_000 + time.micros;
  if (time.offset !== null) return micros - time.offset * 60_000_000;
  const belowMilli = ((micros % 1000) + 1000) % 1000;
  const utcMs = clock((micros - belowMilli) / 1000);
  return utcMs === null ? 'date_skipped' : utcMs * 1000 + belowMilli;
};

const digit = (text: string, at: number): number => {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
};
const two = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);

/**
 * The microseconds of exactly `YYYY-MM-DDTHH:MM:SS.mmmZ`, which is what most logs write and what `toISOString` gives;
 * NaN for everything else, impossible dates among it.
 */
export const readPlainInstant = (text: string): number => {
  if (text.length !== 24 || text[10] !== 'T' || text[23] !== 'Z' || text[19] !== '.') return Number.NaN;
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':') return Number.NaN;
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  const milli = two(text, 20) * 10 + digit(text, 22);
  // Written so that a NaN anywhere fails it.
  const fits = month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59;
  if (!fits || !(day <= daysInMonth(year, month))) return Number.NaN;
  return (daysFromCivil(year, month, day) * 86_400_000 + ((hour * 60 + minute) * 60 + second) * 1000 + milli) * 1000;
};

/**
 * Reads the spellings that logs and spreadsheets use; times without an offset are in `zone`. Nothing is rolled over:
 * the 30th of February is a fault. Throws `invalid` when the zone does not exist.
 */
export const createDateReader = (order: DateOrder, zone: string): ReadDate => {
  const clock = createZoneClock(zone);
  return (value) => {
    const source = typeof value === 'string' ? value : JSON.stringify(value);
    const plain = readPlainInstant(source);
    if (Number.isSafeInteger(plain)) return plain;
    const result = readText(source.normalize('NFKC').trim(), order, clock);
    if (Number.isSafeInteger(result)) return Number(result);
    const text = source.length > 100 ? `${source.slice(0, 100)}…` : source;
    return { reason: typeof result === 'number' ? 'date_out_of_range' : result, details: { text, zone } };
  };
};

/** Days and months of a date whose order is in doubt, as written; null for every other spelling. */
export const doubtfulDate = (text: string): { readonly first: number; readonly second: number } | null => {
  const match = yearLast.exec(text.trim());
  return match === null ? null : { first: Number(match[1]), second: Number(match[3]) };
};

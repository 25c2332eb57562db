import { BitacoraError } from '#shared/contract/errors.ts';
import { offsetMsAt } from './zone-offset.ts';

const instant =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:([Zz])| ?([+\-−])(\d{2}):?(\d{2})(?::(\d{2}))?)$/;

/**
 * Microseconds since 1970 of an ISO 8601 instant with its offset or `Z`, or null when `text` is none, does not exist
 * (2026-02-30, 24:00, a leap second) or lies outside the years 1684 to 2255, where microseconds are whole numbers.
 * Decimals beyond the sixth are dropped.
 */
export const readInstant = (text: string): number | null => {
  const parts = instant.exec(text);
  if (parts === null) return null;
  const part = (index: number): number => Number(parts[index] ?? 0);
  const [month, day, hour, minute, second] = [part(2), part(3), part(4), part(5), part(6)];
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return null;
  const midnight = Date.UTC(part(1), month - 1, day);
  if (day < 1 || new Date(midnight).getUTCDate() !== day) return null;
  if (part(10) > 23 || part(11) > 59 || part(12) > 59) return null;
  const offset = (part(10) * 3600 + part(11) * 60 + part(12)) * (parts[9] === '+' ? 1 : -1);
  const seconds = midnight / 1000 + hour * 3600 + minute * 60 + second - offset;
  const micros = seconds * 1_000_000 + Number((parts[7] ?? '').slice(0, 6).padEnd(6, '0'));
  return part(1) >= 100 && Number.isSafeInteger(micros) ? micros : null;
};

/** Microseconds since 1970 of an ISO 8601 instant; throws `invalid` where `readInstant` gives null. */
export const microsOf = (iso: string): number => {
  const micros = readInstant(iso);
  if (micros === null) throw new BitacoraError('invalid', { fields: `instant (${iso.slice(0, 60).toWellFormed()})` });
  return micros;
};

const two = (number: number): string => (number < 10 ? `0${number}` : String(number));
const three = (number: number): string => String(number + 1000).slice(1);

/** The decimals that `micros` needs: none, three or six, with their point. */
const fractionOf = (micros: number): string => {
  const rest = micros - Math.floor(micros / 1_000_000) * 1_000_000;
  if (rest === 0) return '';
  const ms = Math.floor(rest / 1000);
  const below = rest - ms * 1000;
  return below === 0 ? `.${three(ms)}` : `.${three(ms)}${three(below)}`;
};

const msPerDay = 86_400_000;
const maxCachedDates = 20_000;
const dateTexts = new Map<number, string>();

/** `2018-08-26` of days since 1970; kept, since a screen shows the same few days thousands of times. */
const dateOf = (day: number): string => {
  const known = dateTexts.get(day);
  if (known !== undefined) return known;
  if (dateTexts.size >= maxCachedDates) dateTexts.clear();
  const text = new Date(day * msPerDay).toISOString().slice(0, -14);
  dateTexts.set(day, text);
  return text;
};

/** Date and clock of a UTC wall clock in milliseconds, with `separator` between them. */
const wallText = (ms: number, separator: string): string => {
  const day = Math.floor(ms / msPerDay);
  const seconds = Math.floor((ms - day * msPerDay) / 1000);
  const minutes = Math.floor(seconds / 60);
  return `${dateOf(day)}${separator}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`;
};

/** `2018-08-26T23:57:53.137Z` of microseconds since 1970, with no decimals, three or six, as many as it needs. */
export const isoOf = (micros: number): string => `${wallText(Math.floor(micros / 1000), 'T')}${fractionOf(micros)}Z`;

/** The same with exactly three decimals, what is beyond them dropped: as `Date.prototype.toISOString` writes it. */
export const isoMillisOf = (micros: number): string => {
  const ms = Math.floor(micros / 1000);
  return `${wallText(ms, 'T')}.${three(ms - Math.floor(ms / 1000) * 1000)}Z`;
};

const offsetTexts = new Map<number, string>();

/** `−06:00`, with a true minus sign; seconds only where a zone had them. */
const formatOffset = (offsetMs: number): string => {
  const known = offsetTexts.get(offsetMs);
  if (known !== undefined) return known;
  const seconds = Math.abs(offsetMs) / 1000;
  const rest = seconds % 60;
  const text = `${offsetMs < 0 ? '−' : '+'}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}${rest === 0 ? '' : `:${two(rest)}`}`;
  offsetTexts.set(offsetMs, text);
  return text;
};

/**
 * An instant on the wall clock of `zone` (an IANA name), always with its offset: `2021-02-11 18:04:27 −06:00`.
 * `decimals`: whether decimals of the second are written, as many as it has (three or six).
 */
export const formatMicros = (micros: number, zone: string, decimals = false): string => {
  const utcMs = Math.floor(micros / 1000);
  const offset = offsetMsAt(zone, utcMs);
  return `${wallText(utcMs + offset, ' ')}${decimals ? fractionOf(micros) : ''} ${formatOffset(offset)}`;
};

/**
 * An instant on the wall clock of `zone` as ISO 8601 with its offset, for machines: `2021-02-11T18:04:27.500-06:00`, with
 * no decimals, three or six, as many as it needs.
 */
export const isoInZone = (micros: number, zone: string): string => {
  const utcMs = Math.floor(micros / 1000);
  const offset = offsetMsAt(zone, utcMs);
  const text = formatOffset(offset);
  return `${wallText(utcMs + offset, 'T')}${fractionOf(micros)}${offset < 0 ? `-${text.slice(1)}` : text}`;
};

/** As `formatMicros`, of an ISO 8601 instant; throws `invalid` when it is none. */
export const formatInstant = (iso: string, zone: string, decimals = false): string =>
  formatMicros(microsOf(iso), zone, decimals);

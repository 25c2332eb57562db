import { type CaptureFormat, maxBatchEntries } from '#shared/contract/capture.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { exactNumbers } from '#shared/text/exact-numbers.ts';
import { type CapturedEntry, type CaptureReading, type FieldFault, readCaptured } from './read-captured.ts';

/** Faults that are named in one answer. */
const mostFaults = 20;
/** Entries that are read before `look` is called again. */
const entriesBetweenLooks = 200;

const wholeBody = '(body)';

const unreadable = (place: string, cause: unknown): BitacoraError =>
  new BitacoraError('unreadable', { fields: place }, { cause });

const invalid = (issues: readonly FieldFault[], cause?: unknown): BitacoraError =>
  new BitacoraError(
    'invalid',
    { fields: [...new Set(issues.map(({ field }) => field))].join(', '), issues },
    { cause },
  );

const tooMany = (): BitacoraError => new BitacoraError('too_many_entries', { limit: maxBatchEntries });

const parse = (text: string, place: string): unknown => {
  try {
    return exactNumbers(text, JSON.parse(text) as unknown);
  } catch (error) {
    // A RangeError: nested beyond what can be looked through at all.
    if (error instanceof RangeError) throw invalid([{ field: place, message: 'is nested too deep' }], error);
    throw unreadable(place, error);
  }
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

const textOf = (body: Uint8Array): string => {
  try {
    return utf8.decode(body);
  } catch (error) {
    throw unreadable(wholeBody, error);
  }
};

const valuesIn = (body: Uint8Array, format: CaptureFormat): readonly unknown[] => {
  const text = textOf(body);
  if (format === 'json') {
    const value = parse(text, wholeBody);
    return Array.isArray(value) ? value : [value];
  }
  const values: unknown[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    if (values.length >= maxBatchEntries) throw tooMany();
    values.push(parse(line, `[${values.length}]`));
  }
  return values;
};

/**
 * Entries without their secrets: all of them, or what is wrong as `invalid` or `too_many_entries`. `look` is called now
 * and then; what it throws ends the reading.
 */
export const readValues = (
  values: readonly unknown[],
  reading: CaptureReading,
  look: () => void = () => undefined,
): readonly CapturedEntry[] => {
  if (values.length > maxBatchEntries) throw tooMany();
  if (values.length === 0) throw invalid([{ field: wholeBody, message: 'has no entries' }]);
  const read: CapturedEntry[] = [];
  const faults: FieldFault[] = [];
  for (const [place, value] of values.entries()) {
    if (place % entriesBetweenLooks === 0) look();
    const result = readCaptured(value, reading);
    if ('entry' in result) {
      read.push(result);
      continue;
    }
    const at = values.length === 1 ? '' : `[${place}]`;
    for (const { field, message } of result) {
      faults.push({ field: [at, field].filter((part) => part !== '').join('.') || wholeBody, message });
    }
    if (faults.length >= mostFaults) break;
  }
  if (faults.length > 0) throw invalid(faults.slice(0, mostFaults));
  return read;
};

/** As `readValues`, the entries of a body; throws `unreadable` too. */
export const readEntries = (
  body: Uint8Array,
  format: CaptureFormat,
  reading: CaptureReading,
  look?: () => void,
): readonly CapturedEntry[] => readValues(valuesIn(body, format), reading, look);

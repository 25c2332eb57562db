import { isBitacoraError } from '#shared/contract/errors.ts';
import { timeBounds } from '#shared/query/time-bounds.ts';
import { isoOf } from '#shared/text/zoned-time.ts';

/** Where to go in a view. */
export type Place = { readonly id: number } | { readonly instant: string };

/** Reads what a person writes to go somewhere: an id (grouped or not) or a date on the zone’s clock. Null: neither. */
export const readPlace = (text: string, zone: string): Place | null => {
  const written = text.trim();
  // Four digits are read as an id: years are asked for with their month.
  const digits = written.replace(/[\s\u202f\u00a0.,']/g, '');
  if (/^#?\d+$/.test(digits)) {
    const id = Number(digits.replace('#', ''));
    return Number.isSafeInteger(id) && id > 0 ? { id } : null;
  }
  if (written === '') return null;
  try {
    const clause = { kind: 'time', key: 'from', exclude: false, start: written, end: null } as const;
    const { start } = timeBounds(clause, zone, Date.now() * 1000);
    return start === null ? null : { instant: isoOf(start) };
  } catch (error) {
    if (isBitacoraError(error)) return null;
    throw error;
  }
};

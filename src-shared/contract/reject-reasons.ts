import { fillSentence, type Language } from './errors.ts';

/**
 * Why a row of a file was not stored, and what else can be wrong with a file whose rows were stored. A sentence says
 * what is wrong with the row; `{name}` is filled from the reject's `details`.
 */
export const rejectReasons = {
  not_json: { es: 'La línea no es JSON válido.', en: 'The line is not valid JSON.' },
  not_object: {
    es: 'La línea es JSON, pero no un objeto con campos.',
    en: 'The line is JSON, but not an object with fields.',
  },
  row_too_long: {
    es: 'La fila ocupa {bytes} bytes y el límite son {limit}; aquí está solo su comienzo.',
    en: 'The row has {bytes} bytes and the limit is {limit}; only its beginning is kept here.',
  },
  row_cut: {
    es: 'El archivo se corta en medio de esta fila.',
    en: 'The file breaks off in the middle of this row.',
  },
  quote_not_closed: {
    es: 'La fila abre unas comillas que no se cierran.',
    en: 'The row opens a quote that is never closed.',
  },
  no_date: { es: 'La fila no tiene fecha.', en: 'The row has no date.' },
  date_unreadable: { es: 'No se entiende la fecha «{text}».', en: 'The date “{text}” can’t be read.' },
  date_impossible: {
    es: 'La fecha «{text}» no existe en el calendario o en el reloj.',
    en: 'The date “{text}” does not exist on the calendar or the clock.',
  },
  date_skipped: {
    es: 'La hora «{text}» no existió en {zone}: el reloj la saltó al cambiar de horario.',
    en: 'The time “{text}” did not exist in {zone}: the clocks skipped it when they changed.',
  },
  date_out_of_range: {
    es: 'La fecha «{text}» queda fuera de lo que se puede guardar (años 1685 a 2254).',
    en: 'The date “{text}” is outside of what can be stored (years 1685 to 2254).',
  },
  gzip_torn: {
    es: 'El archivo comprimido está cortado o dañado: se guardó lo que hay antes de ese punto y falta lo que sigue. Si está dañado, revise las últimas filas guardadas.',
    en: 'The packed file is cut off or damaged: what comes before that point was stored, and the rest is missing. If it is damaged, check the last rows that were stored.',
  },
} as const satisfies Record<string, { readonly es: string; readonly en: string }>;

export type RejectReason = keyof typeof rejectReasons;

export const isRejectReason = (reason: string): reason is RejectReason => Object.hasOwn(rejectReasons, reason);

/** The sentence for a reason of `Reject` or of `ImportResult.warning`; a reason that is not known is shown as it is. */
export const rejectSentence = (
  reason: string,
  details: Readonly<Record<string, unknown>>,
  language: Language,
): string => (isRejectReason(reason) ? fillSentence(rejectReasons[reason][language], details) : reason);

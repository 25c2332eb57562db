import { BitacoraError, fillSentence, type Language } from '#shared/contract/errors.ts';

/** Why a query can't be read. Each is the second half of a sentence: “The query can’t be read at character 5: …”. */
export const queryProblems = {
  unclosed_quote: { es: 'falta cerrar las comillas', en: 'the quotation marks are never closed' },
  empty_quotes: { es: 'no hay nada entre las comillas', en: 'there is nothing between the quotation marks' },
  text_after_quote: {
    es: 'tras cerrar las comillas va un espacio o una coma, no «{piece}»',
    en: 'after the closing quotation mark comes a space or a comma, not “{piece}”',
  },
  value_missing: {
    es: 'falta un valor después de «{piece}», sin espacio en medio',
    en: 'a value is missing after “{piece}”, with no space between',
  },
  asterisk_alone: {
    es: 'el asterisco necesita delante el principio de un texto; para buscar un asterisco, póngalo entre comillas',
    en: 'the asterisk needs the beginning of a text before it; to search for an asterisk, put it in quotation marks',
  },
  key_unknown: {
    es: 'no hay ninguna clave «{piece}:»; ¿quiso decir «{suggestion}:»? Para buscarlo como texto, póngalo entre comillas',
    en: 'there is no key “{piece}:”; did you mean “{suggestion}:”? To search for it as text, put it in quotation marks',
  },
  not_a_number: {
    es: '«{piece}» no es un número; valen 400, 400..499, >=400, >400, <=400 y <400',
    en: '“{piece}” is not a number; 400, 400..499, >=400, >400, <=400 and <400 are understood',
  },
  number_too_large: { es: '«{piece}» es un número demasiado grande', en: '“{piece}” is too large a number' },
  range_reversed: {
    es: 'el intervalo «{piece}» termina antes de empezar',
    en: 'the range “{piece}” ends before it begins',
  },
  range_without_ends: {
    es: 'el intervalo necesita al menos un extremo',
    en: 'the range needs at least one end',
  },
  not_a_time: {
    es: '«{piece}» no es una fecha; valen 2026, 2026-03, 2026-03-01, 2026-03-01T10:30 y -7d',
    en: '“{piece}” is not a date; 2026, 2026-03, 2026-03-01, 2026-03-01T10:30 and -7d are understood',
  },
  impossible_time: { es: 'la fecha «{piece}» no existe', en: 'the date “{piece}” does not exist' },
  range_not_here: {
    es: 'aquí va una sola fecha; para un intervalo escriba fecha:{piece}',
    en: 'one date goes here; for a range write date:{piece}',
  },
  times_in_list: {
    es: 'las fechas no van en lista; escriba un intervalo, como fecha:2026-03-01..2026-03-31',
    en: 'dates don’t come in a list; write a range, such as date:2026-03-01..2026-03-31',
  },
  too_many_clauses: {
    es: 'la consulta tiene más de {limit} condiciones',
    en: 'the query has more than {limit} conditions',
  },
} as const satisfies Record<string, Record<Language, string>>;

export type QueryProblem = keyof typeof queryProblems;

/** What `query_unreadable` carries in its details. */
export interface QueryProblemDetails {
  /** Offset of the bad piece in the text, UTF-16 code units, 0 the first; `end` is not included. */
  readonly position: number;
  readonly end: number;
  readonly problem: QueryProblem;
  /** `position` as people count, 1 the first. */
  readonly place: number;
  readonly reason: string;
  readonly reasonEs: string;
}

/** Sentences stay short: a long piece is cut in its middle, with the cut shown. */
const shorten = (piece: string): string =>
  (piece.length <= 60 ? piece : `${piece.slice(0, 40)} … ${piece.slice(-15)}`).toWellFormed();

/** The error for the piece of `text` from `position` to `end`. */
export const queryUnreadable = (
  problem: QueryProblem,
  text: string,
  position: number,
  end: number,
  more: { readonly suggestion?: string; readonly limit?: number } = {},
): BitacoraError => {
  const values = { piece: shorten(text.slice(position, end)), ...more };
  const details: QueryProblemDetails = {
    position,
    end,
    problem,
    place: position + 1,
    reason: fillSentence(queryProblems[problem].en, values),
    reasonEs: fillSentence(queryProblems[problem].es, values),
  };
  return new BitacoraError('query_unreadable', { ...details });
};

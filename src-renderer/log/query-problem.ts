import { type BitacoraError, errorSentence, type Language } from '#shared/contract/errors.ts';
import type { QueryProblemDetails } from '#shared/query/problems.ts';

/** Where a query can’t be read, and why, in both languages. */
export type QueryPlace = Pick<QueryProblemDetails, 'position' | 'end' | 'place' | 'reason' | 'reasonEs'>;

/** What the parser says of a text; errors of `parseQuery` carry `QueryProblemDetails`. */
export const readProblem = ({ details }: BitacoraError): QueryPlace => ({
  position: Number(details['position']),
  end: Number(details['end']),
  place: Number(details['place']),
  reason: String(details['reason']),
  reasonEs: String(details['reasonEs']),
});

export const queryProblemSentence = ({ place, reason, reasonEs }: QueryPlace, language: Language): string =>
  errorSentence('query_unreadable', { position: place, reason: language === 'es' ? reasonEs : reason }, language);

import type { BitacoraError } from '#shared/contract/errors.ts';
import type { QueryProblemDetails } from '#shared/query/problems.ts';

/** Where a text stops being a query; errors of `parseQuery` carry `QueryProblemDetails`. */
export const readProblem = ({ details }: BitacoraError): Pick<QueryProblemDetails, 'position' | 'end'> => ({
  position: Number(details.position),
  end: Number(details.end),
});

import type { Query } from '#shared/contract/query.ts';

/**
 * The names that the window knows beside the types of the contract. They stand apart from the schemas, which only the
 * engine needs: a window that opens has no time to build those.
 */

/** The columns that a view can be sorted by. */
export const sortColumns = [
  'id',
  'occurredAt',
  'event',
  'module',
  'actor',
  'recordId',
  'target',
  'field',
  'oldValue',
  'newValue',
  'detail',
  'action',
  'status',
  'source',
] as const;

/** The columns whose values are offered with their counts. */
export const facetColumns = ['event', 'module', 'user', 'target', 'field', 'source', 'status'] as const;

/** The keys of a query whose values are numbers. */
export const numberKeys = ['id', 'status'] as const;

/** Asks for everything. */
export const emptyQuery: Query = { clauses: [] };

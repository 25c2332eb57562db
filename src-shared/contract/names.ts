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

/** The kinds of document that leave. */
export const exportFormats = ['xlsx', 'csv', 'ndjson', 'pdf'] as const;

/**
 * The columns of an exported table. Those of an import have its names, so that what was written is understood there;
 * `actor` and `module` are what the grid shows in one cell: the name, or what there is in its place.
 */
export const exportColumns = [
  'id',
  'eventId',
  'occurredAt',
  'occurredText',
  'receivedAt',
  'actor',
  'actorId',
  'actorLogin',
  'actorName',
  'actorEmail',
  'event',
  'module',
  'moduleNumber',
  'moduleName',
  'target',
  'recordId',
  'field',
  'oldValue',
  'newValue',
  'detail',
  'action',
  'status',
  'requestMethod',
  'requestPath',
  'requestQuery',
  'requestBody',
  'responseBody',
  'requestAddress',
  'requestDurationMs',
  'requestCorrelationId',
  'source',
  'sourceEntryId',
  'originFile',
  'originLine',
  'extra',
] as const;

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

const whatHappened = [
  'actorId',
  'actorLogin',
  'actorName',
  'actorEmail',
  'event',
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
] as const;

/** The columns of an entry that a source can give. */
export const sourceColumns = ['eventId', 'occurredAt', ...whatHappened, 'extra'] as const;

/** An entry as a row: every column, each saying what no other does. What was written so is understood by an import. */
export const entryColumns = [
  'id',
  'eventId',
  'occurredAt',
  'occurredText',
  'receivedAt',
  ...whatHappened,
  'originFile',
  'originLine',
  'extra',
] as const;

/** The columns that a document may have; `actor` and `module` are what the grid shows in one cell: the name, or what there is in its place. */
export const exportColumns = [...entryColumns, 'actor', 'module'] as const;

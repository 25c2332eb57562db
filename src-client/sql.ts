import type { CompiledQuery, DatabaseConnection } from 'kysely';

/** The two databases whose changes are tracked. */
export type Dialect = 'sqlite' | 'postgres';

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A statement of our own. */
export const statement = (sql: string, parameters: readonly unknown[] = []): CompiledQuery => ({
  sql,
  parameters,
  query: { kind: 'RawNode', sqlFragments: [sql], parameters: [] },
  queryId: { queryId: 'bitacora' },
});

/** `?`, or `$1`, for the parameter at a place. */
export const placeholder = (dialect: Dialect, place: number): string => (dialect === 'sqlite' ? '?' : `$${place + 1}`);

export const placeholders = (dialect: Dialect, from: number, count: number): string =>
  Array.from({ length: count }, (_none, place) => placeholder(dialect, from + place)).join(', ');

export const rowsOf = async (
  connection: Pick<DatabaseConnection, 'executeQuery'>,
  query: CompiledQuery,
): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  (await connection.executeQuery<Record<string, unknown>>(query)).rows;

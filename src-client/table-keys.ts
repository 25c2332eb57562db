import type { DatabaseConnection } from 'kysely';
import { type Dialect, quoted, rowsOf, statement } from './sql.ts';

/** A table as a statement names it. */
export interface TableName {
  readonly schema: string | null;
  readonly name: string;
}

export const quotedTable = ({ schema, name }: TableName): string =>
  schema === null ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;

/** SQLite’s documentation of `pragma_table_info`; PostgreSQL’s of the catalogs `pg_index` and `pg_attribute`. */
const findKeys = async (
  dialect: Dialect,
  connection: Pick<DatabaseConnection, 'executeQuery'>,
  table: TableName,
): Promise<readonly string[]> => {
  const query =
    dialect === 'sqlite'
      ? statement(`select name from pragma_table_info(?, ?) where pk > 0 order by pk`, [
          table.name,
          table.schema ?? 'main',
        ])
      : statement(
          `select a.attname as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
           where i.indrelid = to_regclass($1) and i.indisprimary order by array_position(i.indkey::int2[], a.attnum)`,
          [quotedTable(table)],
        );
  return (await rowsOf(connection, query)).map(({ name }) => String(name));
};

/** Columns of the primary keys of tables, remembered: they hardly ever change. */
export const createTableKeys = (dialect: Dialect) => {
  const known = new Map<string, readonly string[]>();
  return async (connection: Pick<DatabaseConnection, 'executeQuery'>, table: TableName): Promise<readonly string[]> => {
    const full = quotedTable(table);
    const keys = known.get(full) ?? (await findKeys(dialect, connection, table));
    known.set(full, keys);
    return keys;
  };
};

import type { CompiledQuery, DatabaseConnection, InsertQueryNode, QueryResult, RootOperationNode } from 'kysely';
import type { CapturedEntry } from './captured-entry.ts';
import { type ChangeRules, type RecordChange, tellChange, type Values } from './change-rules.ts';
import { type Dialect, placeholder, quoted, rowsOf, statement } from './sql.ts';
import {
  type ChangeNode,
  changedTable,
  conflictColumns,
  insertedValues,
  selectBefore,
  takeKeys,
  tellingNode,
} from './statement-nodes.ts';
import { createTableKeys, quotedTable, type TableName } from './table-keys.ts';

/** What is told of a table’s changes. */
export interface TableRules extends ChangeRules {
  readonly module?: CapturedEntry['module'];
  /** The table’s name unless told. */
  readonly target?: string;
  /** The columns that tell its rows apart; its primary key unless told. */
  readonly key?: readonly string[];
}

export interface TellerOptions {
  readonly dialect: Dialect;
  readonly compile: (node: RootOperationNode) => CompiledQuery;
  /** Null for a table that is not tracked. */
  readonly rulesOf: (table: TableName) => TableRules | null;
  /** More rows than this one statement’s changes are told as one entry. */
  readonly maxRows: number;
}

type Row = Readonly<Record<string, unknown>>;
type Connection = Pick<DatabaseConnection, 'executeQuery'>;

export interface TrackedResult<R> {
  readonly result: QueryResult<R>;
  /** The entries of each record that changed. */
  readonly changes: readonly (readonly CapturedEntry[])[];
  /** False when others changed rows meanwhile that this statement then hit. */
  readonly certain: boolean;
}

/** Rows that are read again at once. */
const rowsAtOnce = 200;

const keyOf = (row: Row, keys: readonly string[]): string =>
  JSON.stringify(keys.map((key) => (row[key] instanceof Date ? row[key].toISOString() : String(row[key]))));

const recordIdOf = (row: Row, keys: readonly string[]): string | null =>
  keys.length === 0
    ? null
    : keys.map((key) => (row[key] instanceof Date ? row[key].toISOString() : String(row[key]))).join(',');

/**
 * Runs a statement so that what it changed is known: its rows before and after. `execute` runs inside a transaction that
 * the caller undoes when this rejects. Null when the statement is not one that is told.
 */
export const createTeller = ({ dialect, compile, rulesOf, maxRows }: TellerOptions) => {
  const keysOf = createTableKeys(dialect);

  const readByColumns = async (
    connection: Connection,
    table: TableName,
    columns: readonly string[],
    values: readonly (readonly unknown[])[],
  ): Promise<readonly Row[]> => {
    const found: Row[] = [];
    for (let from = 0; from < values.length; from += rowsAtOnce) {
      const some = values.slice(from, from + rowsAtOnce);
      const one = (row: number): string =>
        `(${columns.map((name, place) => `${quoted(name)} = ${placeholder(dialect, row * columns.length + place)}`).join(' and ')})`;
      const where = some.map((_values, row) => one(row)).join(' or ');
      const lock = dialect === 'postgres' ? ' for update' : '';
      found.push(
        ...(await rowsOf(
          connection,
          statement(`select * from ${quotedTable(table)} where ${where}${lock}`, some.flat()),
        )),
      );
    }
    return found;
  };

  /** What an insert finds already there. */
  const readMet = async (
    connection: Connection,
    node: InsertQueryNode,
    table: TableName,
    keys: readonly string[],
  ): Promise<readonly Row[]> => {
    const columns = conflictColumns(node, keys);
    if (columns === null || columns.length === 0) return [];
    const values = insertedValues(node, columns);
    return values === null ? [] : readByColumns(connection, table, columns, values);
  };

  /** The answer as the program would have had it. */
  const asAsked = async <R>(
    connection: Connection,
    result: QueryResult<R>,
    isInsert: boolean,
    wanted: boolean,
  ): Promise<QueryResult<R>> => {
    if (wanted) return result;
    const numAffectedRows = result.numAffectedRows ?? BigInt(result.rows.length);
    if (!isInsert || dialect !== 'sqlite') return { numAffectedRows, rows: [] };
    const [last] = await rowsOf(connection, statement('select last_insert_rowid() as id'));
    return { numAffectedRows, insertId: BigInt(String(last?.id ?? 0)), rows: [] };
  };

  /** What a statement writes in so many words, where its rows can’t be read again. */
  const writtenValues = (node: ChangeNode): Values =>
    Object.fromEntries(
      (node.kind === 'UpdateQueryNode' ? (node.updates ?? []) : []).flatMap(({ column, value }) => {
        const { column: named } = column as { readonly column?: { readonly name?: string } };
        const { kind, value: given } = value as { readonly kind: string; readonly value?: unknown };
        return named?.name !== undefined && kind === 'ValueNode' ? [[named.name, given]] : [];
      }),
    );

  return async <R>(
    connection: Connection,
    node: ChangeNode,
    original: CompiledQuery,
  ): Promise<TrackedResult<R> | null> => {
    const target = changedTable(node);
    const rules = target === null ? null : rulesOf(target.table);
    if (target === null || rules === null) return null;
    const { table } = target;
    const keys = rules.key ?? (await keysOf(connection, table));
    const about = { target: rules.target ?? table.name, module: rules.module ?? null, keys };
    const tell = (changes: readonly RecordChange[]) =>
      changes.map((change) => tellChange(change, rules)).filter((entries) => entries.length > 0);

    const before =
      node.kind === 'InsertQueryNode'
        ? await readMet(connection, node, table, keys)
        : await rowsOf(connection, compile(selectBefore(node, target, dialect, maxRows + 1)));
    const event = node.kind === 'InsertQueryNode' ? 'CREATE' : node.kind === 'UpdateQueryNode' ? 'UPDATE' : 'DELETE';

    if (before.length > maxRows) {
      const result = await connection.executeQuery<R>(original);
      const detail = `${result.numAffectedRows ?? 'many'} rows at once`;
      const bare: RecordChange = { ...about, event, recordId: null, before: null, after: null, detail };
      const [entry = {}] = tellChange({ ...bare, event: 'CREATE' }, rules);
      return { result, changes: [[{ ...entry, event }]], certain: true };
    }

    if (node.kind === 'DeleteQueryNode') {
      const result = await connection.executeQuery<R>(original);
      const affected = result.numAffectedRows ?? BigInt(result.rows.length);
      const changes = before.map(
        (row): RecordChange => ({ ...about, event, recordId: recordIdOf(row, keys), before: row, after: null }),
      );
      return { result, changes: tell(changes), certain: affected === BigInt(before.length) };
    }

    const told = tellingNode(node, keys, target, dialect);
    const answered = await connection.executeQuery<R>(told.tells === 'nothing' ? original : compile(told.node));
    let after: readonly Row[] = [];
    let asked = answered;
    if (told.tells === 'rows') {
      after = answered.rows as readonly Row[];
      asked = await asAsked(connection, answered, node.kind === 'InsertQueryNode', told.wanted);
    } else if (told.tells === 'keys') {
      const { rows, keyRows } = takeKeys(answered.rows as readonly Row[], keys);
      asked = { ...answered, rows: rows as R[] };
      after = await readByColumns(
        connection,
        table,
        keys,
        keyRows.map((row) => keys.map((key) => row[key])),
      );
    }

    const changes: RecordChange[] = [];
    const isKnown = told.tells !== 'nothing' && keys.length > 0;
    if (node.kind === 'UpdateQueryNode' && !isKnown) {
      const written = writtenValues(node);
      for (const row of before) changes.push({ ...about, event, recordId: null, before: row, after: written });
      return { result: asked, changes: tell(changes), certain: true };
    }
    if (node.kind === 'UpdateQueryNode' && before.length === 1 && after.length === 1) {
      // One row, whatever became of its key.
      const [row = {}] = before;
      changes.push({ ...about, event, recordId: recordIdOf(row, keys), before: row, after: after[0] ?? null });
      return { result: asked, changes: tell(changes), certain: true };
    }
    const old = new Map(before.map((row) => [keyOf(row, keys), row]));
    let unknown = 0;
    for (const row of after) {
      const key = keyOf(row, keys);
      const was = old.get(key) ?? null;
      old.delete(key);
      if (was === null && node.kind === 'UpdateQueryNode') unknown += 1;
      const isNew = was === null && node.kind === 'InsertQueryNode';
      changes.push({
        ...about,
        event: isNew || was === null ? 'CREATE' : 'UPDATE',
        recordId: recordIdOf(row, keys),
        before: was,
        after: row,
      });
    }
    // Rows that are there under another key now, or that an insert has put another in the place of.
    if (node.kind === 'UpdateQueryNode') {
      for (const row of old.values()) {
        changes.push({ ...about, event: 'DELETE', recordId: recordIdOf(row, keys), before: row, after: null });
      }
      unknown -= old.size;
    }
    return { result: asked, changes: tell(changes), certain: unknown <= 0 };
  };
};

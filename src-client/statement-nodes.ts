import type {
  ColumnNode,
  DeleteQueryNode,
  InsertQueryNode,
  OperationNode,
  ReturningNode,
  SelectionNode,
  SelectQueryNode,
  TableNode,
  UpdateQueryNode,
} from 'kysely';
import type { Dialect } from './sql.ts';
import type { TableName } from './table-keys.ts';

/** A statement whose changes can be told. */
export type ChangeNode = InsertQueryNode | UpdateQueryNode | DeleteQueryNode;

/** Kysely’s statements are plain objects; these are those that change rows. */
export const isChange = (node: OperationNode): node is ChangeNode =>
  node.kind === 'InsertQueryNode' || node.kind === 'UpdateQueryNode' || node.kind === 'DeleteQueryNode';

const changingSql = /^\s*(?:with\b[\s\S]*\b)?(?:insert|update|delete|merge|replace|truncate)\b/i;

/** A statement that changes rows in a way that can’t be told: written as SQL, a merge, or inside another one. */
export const changesUntold = (node: OperationNode, sql: string): boolean => {
  if (node.kind === 'MergeQueryNode') return true;
  if (node.kind === 'RawNode') return changingSql.test(sql);
  const { with: withNode } = node as {
    readonly with?: { readonly expressions: readonly { expression: OperationNode }[] };
  };
  return withNode?.expressions.some(({ expression }) => isChange(expression)) ?? false;
};

interface AliasedTable {
  readonly node: OperationNode;
  readonly table: TableName;
  /** What the rest of the statement calls it. */
  readonly calledNode: TableNode;
}

const nameNode = (name: string): TableNode => ({
  kind: 'TableNode',
  table: { kind: 'SchemableIdentifierNode', identifier: { kind: 'IdentifierNode', name } },
});

/** The table that a statement changes; null when it is none that can be told. */
export const changedTable = (node: ChangeNode): AliasedTable | null => {
  const target =
    node.kind === 'InsertQueryNode' ? node.into : node.kind === 'UpdateQueryNode' ? node.table : node.from.froms[0];
  if (target === undefined || (node.kind === 'DeleteQueryNode' && node.from.froms.length > 1)) return null;
  const alias =
    target.kind === 'AliasNode' ? (target as unknown as { node: OperationNode; alias: OperationNode }) : null;
  const plain = (alias?.node ?? target) as TableNode;
  if (plain.kind !== 'TableNode') return null;
  const { schema, identifier } = plain.table;
  const called =
    alias?.alias.kind === 'IdentifierNode' ? nameNode((alias.alias as unknown as { name: string }).name) : plain;
  return { node: target, table: { schema: schema?.name ?? null, name: identifier.name }, calledNode: called };
};

const allOf = (table: TableNode): SelectionNode => ({
  kind: 'SelectionNode',
  selection: { kind: 'ReferenceNode', table, column: { kind: 'SelectAllNode' } },
});
const all: SelectionNode = { kind: 'SelectionNode', selection: { kind: 'SelectAllNode' } };

/** The rows that an update or a delete is going to hit, whole; in PostgreSQL locked, so that they stay what they are. */
export const selectBefore = (
  node: UpdateQueryNode | DeleteQueryNode,
  { node: target, calledNode }: AliasedTable,
  dialect: Dialect,
  most: number,
): SelectQueryNode => {
  const others = node.kind === 'UpdateQueryNode' ? (node.from?.froms ?? []) : (node.using?.tables ?? []);
  const limit = node.limit ?? {
    kind: 'LimitNode',
    limit: { kind: 'ValueNode', value: most, immediate: true } as OperationNode,
  };
  return {
    kind: 'SelectQueryNode',
    from: { kind: 'FromNode', froms: [target, ...others] },
    selections: [allOf(calledNode)],
    limit: limit as NonNullable<SelectQueryNode['limit']>,
    ...(node.joins === undefined ? {} : { joins: node.joins }),
    ...(node.where === undefined ? {} : { where: node.where }),
    ...(node.with === undefined ? {} : { with: node.with }),
    ...(node.orderBy === undefined ? {} : { orderBy: node.orderBy }),
    ...(dialect === 'postgres'
      ? { endModifiers: [{ kind: 'SelectModifierNode', modifier: 'ForUpdate', of: [calledNode] }] }
      : {}),
  };
};

/** Our names of the keys in a statement’s own answer. */
const keyAlias = (place: number): string => `__bitacora_key_${place}`;

/** How a statement is made to tell which rows it wrote, and how they are found in its answer. */
export interface Told<Node> {
  readonly node: Node;
  /** `rows`: the answer holds whole rows; `keys`: only their keys; `nothing`: neither. */
  readonly tells: 'rows' | 'keys' | 'nothing';
  /** Whether the program asked for rows itself. */
  readonly wanted: boolean;
}

const isAll = (returning: ReturningNode): boolean =>
  returning.selections.length === 1 && returning.selections[0]?.selection.kind === 'SelectAllNode';

export const tellingNode = <Node extends InsertQueryNode | UpdateQueryNode>(
  node: Node,
  keys: readonly string[],
  { calledNode }: AliasedTable,
  dialect: Dialect,
): Told<Node> => {
  const { returning } = node;
  if (returning === undefined) {
    // SQLite takes no `table.*` here, and its `*` means that table alone.
    const selections = [dialect === 'sqlite' ? all : allOf(calledNode)];
    return { node: { ...node, returning: { kind: 'ReturningNode', selections } }, tells: 'rows', wanted: false };
  }
  if (isAll(returning) && (dialect === 'sqlite' || node.kind === 'InsertQueryNode' || node.from === undefined)) {
    return { node, tells: 'rows', wanted: true };
  }
  if (keys.length === 0) return { node, tells: 'nothing', wanted: true };
  const own = keys.map((key, place): SelectionNode => {
    const column: ColumnNode = { kind: 'ColumnNode', column: { kind: 'IdentifierNode', name: key } };
    const reference = { kind: 'ReferenceNode', column, ...(dialect === 'sqlite' ? {} : { table: calledNode }) };
    const alias = { kind: 'IdentifierNode', name: keyAlias(place) };
    const aliased = { kind: 'AliasNode', node: reference, alias };
    return { kind: 'SelectionNode', selection: aliased as unknown as SelectionNode['selection'] };
  });
  const selections = [...returning.selections, ...own];
  return { node: { ...node, returning: { kind: 'ReturningNode', selections } }, tells: 'keys', wanted: true };
};

/** Takes our keys out of an answer again, and gives them as rows of the keys alone. */
export const takeKeys = (
  rows: readonly Readonly<Record<string, unknown>>[],
  keys: readonly string[],
): { readonly rows: Record<string, unknown>[]; readonly keyRows: readonly Record<string, unknown>[] } => ({
  keyRows: rows.map((row) => Object.fromEntries(keys.map((key, place) => [key, row[keyAlias(place)]]))),
  rows: rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !keys.some((_key, place) => name === keyAlias(place)))),
  ),
});

/** What an insert gives for some columns, row by row; null where it does not say it in so many words. */
export const insertedValues = (
  node: InsertQueryNode,
  columns: readonly string[],
): readonly (readonly unknown[])[] | null => {
  const places = columns.map((name) => node.columns?.findIndex(({ column }) => column.name === name) ?? -1);
  const { values } = node as { readonly values?: { kind: string; values?: readonly OperationNode[] } };
  if (places.includes(-1) || values?.kind !== 'ValuesNode') return null;
  const found: unknown[][] = [];
  for (const list of values.values ?? []) {
    const items = (list as unknown as { readonly values: readonly unknown[] }).values;
    const row = places.map((place) => {
      const item = items[place];
      if (list.kind === 'PrimitiveValueListNode') return item;
      const { kind, value } = item as { readonly kind: string; readonly value?: unknown };
      return kind === 'ValueNode' ? value : undefined;
    });
    if (row.includes(undefined)) return null;
    found.push(row);
  }
  return found;
};

/** Columns by which an insert meets rows that are there; null when it can’t. */
export const conflictColumns = (node: InsertQueryNode, keys: readonly string[]): readonly string[] | null => {
  if (node.replace || node.orAction !== undefined) return keys;
  const { onConflict } = node;
  if (onConflict === undefined || onConflict.doNothing) return null;
  return onConflict.columns?.map(({ column }) => column.name) ?? keys;
};

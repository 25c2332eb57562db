import type {
  CompiledQuery,
  ControlledTransaction,
  DatabaseConnection,
  Driver,
  Kysely,
  QueryResult,
  RootOperationNode,
  TransactionSettings,
} from 'kysely';
import { auditLine, type LineTaker } from './audit-line.ts';
import type { CaptureClient } from './capture-client.ts';
import type { CapturedEntry } from './captured-entry.ts';
import type { ChangeRules } from './change-rules.ts';
import { wantContext } from './context.ts';
import { type Outbox, openOutbox } from './outbox.ts';
import { type Dialect, quoted, statement } from './sql.ts';
import { changesUntold, isChange } from './statement-nodes.ts';
import type { TableName } from './table-keys.ts';
import { createTeller, type TableRules } from './tracked-statement.ts';

export interface TrackOptions extends ChangeRules {
  /** What is told of single tables; false leaves one out. Rules that a table does not have are those above. */
  readonly tables?: Readonly<Record<string, TableRules | false>>;
  /** Whether tables that `tables` does not name are tracked; true unless told. */
  readonly others?: boolean;
  readonly module?: CapturedEntry['module'];
  /**
   * A table of the same database through which entries leave: they are there if and only if the change is.
   * `createOutbox` makes it. Without it entries go to the client’s queue when their transaction has been committed.
   */
  readonly outbox?: string;
  /** Gets each change as a line of JSON, once it is committed. */
  readonly lines?: LineTaker;
  /** Rows; a statement that changes more is told by one entry. 10,000 unless told. */
  readonly maxRows?: number;
  /** What happens to a change that can’t be recorded: it is made all the same (`proceed`, unless told), or refused. */
  readonly onFailure?: 'proceed' | 'refuse';
}

export interface TrackStatus {
  /** Changes of records that were told. */
  readonly told: number;
  /** Statements that changed rows in a way that can’t be told: written as SQL, `merge`, inside another statement. */
  readonly untold: number;
  /** Statements after which rows had changed that nobody had seen before. */
  readonly uncertain: number;
  /** Statements that could not be recorded; with `proceed` they were carried out all the same. */
  readonly failed: number;
  /** Why, the last time; or why the outbox can’t be emptied. */
  readonly problem: string | null;
}

export interface TrackedDatabase<DB> {
  /** What the program works with from now on. */
  readonly db: Kysely<DB>;
  /** Makes the outbox’s table where there is none. */
  createOutbox(): Promise<void>;
  status(): TrackStatus;
  /** Empties the outbox; the database stays open. */
  close(): Promise<void>;
}

const defaultMaxRows = 10_000;
const ownTables = /^(?:kysely_|sqlite_|pg_)/;

/** What has been changed in a transaction that is not over. */
interface Held {
  entries: CapturedEntry[];
  lines: string[];
  told: number;
}
const nothingHeld = (): Held => ({ entries: [], lines: [], told: 0 });

/** A connection of the program’s own pool, for as long as it is held. */
interface HeldConnection<DB> extends DatabaseConnection {
  readonly bound: Kysely<DB>;
  readonly release: () => void;
  transaction: ControlledTransaction<DB> | null;
  held: Held;
  readonly marks: Map<string, { entries: number; lines: number; told: number }>;
}

const dialectOf = (compiled: CompiledQuery): Dialect => {
  if (compiled.sql.includes('$1')) return 'postgres';
  if (compiled.sql.includes('"') && compiled.sql.includes('?')) return 'sqlite';
  throw new Error('changes are tracked in SQLite and PostgreSQL only');
};

const probe = {
  kind: 'SelectQueryNode',
  from: {
    kind: 'FromNode',
    froms: [
      {
        kind: 'TableNode',
        table: { kind: 'SchemableIdentifierNode', identifier: { kind: 'IdentifierNode', name: 'a' } },
      },
    ],
  },
  where: { kind: 'WhereNode', where: { kind: 'ValueNode', value: 1 } },
} as unknown as RootOperationNode;

const savepoint = 'bitacora_tracking';

/**
 * Watches what a program changes through Kysely, in SQLite or PostgreSQL: each field of each row that an insert, an update
 * or a delete changes becomes an entry with its values before and after. What is rolled back leaves none. The program
 * goes on with `db`; what it does with the Kysely that it gave is not seen. Throws for another database, and inside a
 * transaction.
 */
export const trackChanges = <DB>(
  kysely: Kysely<DB>,
  client: Pick<CaptureClient, 'record' | 'prepare' | 'keep'>,
  options: TrackOptions = {},
): TrackedDatabase<DB> => {
  if (kysely.isTransaction) throw new Error('changes are tracked from before a transaction begins');
  wantContext();
  const executor = kysely.getExecutor();
  let queries = 0;
  const compile = (node: RootOperationNode): CompiledQuery => {
    queries += 1;
    return executor.compileQuery(node, { queryId: `bitacora-${queries}` });
  };
  const dialect = dialectOf(compile(probe));
  const { outbox: outboxTable, lines, onFailure = 'proceed', tables = {}, others = true } = options;
  let [told, untold, uncertain, failed] = [0, 0, 0, 0];
  let problem: string | null = null;

  const withConnection = <Result>(use: (connection: DatabaseConnection) => Promise<Result>): Promise<Result> =>
    executor.provideConnection(use);
  const outbox: Outbox | null =
    outboxTable === undefined ? null : openOutbox(outboxTable, dialect, client, withConnection);

  const rulesOf = ({ name }: TableName): TableRules | null => {
    const own = Object.hasOwn(tables, name) ? tables[name] : undefined;
    if (own === false || name === outboxTable || (own === undefined && (!others || ownTables.test(name)))) return null;
    const { statusFields, logicalDelete, labels, ignore, module } = options;
    return {
      ...(statusFields === undefined ? {} : { statusFields }),
      ...(logicalDelete === undefined ? {} : { logicalDelete }),
      ...(labels === undefined ? {} : { labels }),
      ...(ignore === undefined ? {} : { ignore }),
      ...(module === undefined ? {} : { module }),
      ...own,
    };
  };
  const teller = createTeller({ dialect, compile, rulesOf, maxRows: options.maxRows ?? defaultMaxRows });

  /** What is committed leaves. */
  const letGo = (held: Held): void => {
    told += held.told;
    if (outbox === null) for (const entry of held.entries) client.record(entry);
    else if (held.told > 0) outbox.wake();
    try {
      for (const line of held.lines) lines?.write(line);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
  };

  const raw = async (connection: DatabaseConnection, sql: string): Promise<void> => {
    await connection.executeQuery(statement(sql));
  };

  /** Runs a change with its entries in one transaction, or as a part of the one that is open. */
  const runTracked = async <R>(
    outer: HeldConnection<DB>,
    inner: DatabaseConnection,
    original: CompiledQuery,
  ): Promise<QueryResult<R> | null> => {
    if (!isChange(original.query)) return null;
    const isOwn = outer.transaction === null;
    // SQLite: at once for writing, so that nobody comes in between.
    await raw(inner, isOwn ? (dialect === 'sqlite' ? 'begin immediate' : 'begin') : `savepoint ${savepoint}`);
    try {
      const tracked = await teller<R>(inner, original.query, original);
      const result = tracked?.result ?? (await inner.executeQuery<R>(original));
      const changed = (tracked?.changes ?? []).map((entries) => entries.map((entry) => client.prepare(entry)));
      const held = {
        entries: changed.flat(),
        lines: lines === undefined ? [] : changed.map(auditLine),
        told: changed.length,
      };
      if (outbox !== null) await outbox.write(inner, held.entries);
      await raw(inner, isOwn ? 'commit' : `release savepoint ${savepoint}`);
      if (tracked?.certain === false) uncertain += 1;
      if (isOwn) letGo(held);
      else {
        // What is in the outbox needs no other memory.
        if (outbox === null) outer.held.entries.push(...held.entries);
        outer.held.lines.push(...held.lines);
        outer.held.told += held.told;
      }
      return result;
    } catch (error) {
      await raw(inner, isOwn ? 'rollback' : `rollback to savepoint ${savepoint}`);
      if (!isOwn) await raw(inner, `release savepoint ${savepoint}`);
      if (onFailure === 'refuse') {
        failed += 1;
        throw error;
      }
      // It may be the statement that is at fault: then it says so itself now.
      const result = await inner.executeQuery<R>(original);
      failed += 1;
      problem = error instanceof Error ? error.message : String(error);
      return result;
    }
  };

  /** The connection below, inside its transaction or not. */
  const below = <DBOf, Result>(
    outer: HeldConnection<DBOf>,
    use: (inner: DatabaseConnection) => Promise<Result>,
  ): Promise<Result> => (outer.transaction ?? outer.bound).getExecutor().provideConnection(use);

  const hold = (): Promise<HeldConnection<DB>> =>
    new Promise((resolve, reject) => {
      const holding = kysely.connection().execute(
        (bound) =>
          new Promise<void>((release) => {
            const connection: HeldConnection<DB> = {
              bound,
              release,
              transaction: null,
              held: nothingHeld(),
              marks: new Map(),
              executeQuery: <R>(query: CompiledQuery): Promise<QueryResult<R>> =>
                below(connection, async (inner) => {
                  if (changesUntold(query.query, query.sql)) untold += 1;
                  else if (isChange(query.query)) {
                    const result = await runTracked<R>(connection, inner, query);
                    if (result !== null) return result;
                  }
                  return inner.executeQuery<R>(query);
                }),
              streamQuery: async function* <R>(query: CompiledQuery, chunkSize: number) {
                if (isChange(query.query) || changesUntold(query.query, query.sql)) untold += 1;
                const executorBelow = (connection.transaction ?? connection.bound).withoutPlugins().getExecutor();
                yield* executorBelow.stream<R>(query, chunkSize);
              },
            };
            resolve(connection);
          }),
      );
      holding.catch(reject);
    });

  const of = (connection: DatabaseConnection): HeldConnection<DB> => connection as HeldConnection<DB>;
  const atSavepoint = async (connection: DatabaseConnection, verb: string, name: string): Promise<void> => {
    await below(of(connection), (inner) => raw(inner, `${verb} ${quoted(name)}`));
  };
  const driver: Driver = {
    init: async () => undefined,
    acquireConnection: hold,
    beginTransaction: async (connection, { isolationLevel, accessMode }: TransactionSettings) => {
      const outer = of(connection);
      let begin = outer.bound.startTransaction();
      if (isolationLevel !== undefined) begin = begin.setIsolationLevel(isolationLevel);
      if (accessMode !== undefined) begin = begin.setAccessMode(accessMode);
      outer.held = nothingHeld();
      outer.transaction = await begin.execute();
    },
    commitTransaction: async (connection) => {
      const outer = of(connection);
      await outer.transaction?.commit().execute();
      outer.transaction = null;
      letGo(outer.held);
    },
    rollbackTransaction: async (connection) => {
      const outer = of(connection);
      const { transaction } = outer;
      outer.held = nothingHeld();
      outer.transaction = null;
      await transaction?.rollback().execute();
    },
    savepoint: async (connection, name) => {
      await atSavepoint(connection, 'savepoint', name);
      const { held, marks } = of(connection);
      marks.set(name, { entries: held.entries.length, lines: held.lines.length, told: held.told });
    },
    rollbackToSavepoint: async (connection, name) => {
      await atSavepoint(connection, 'rollback to savepoint', name);
      const { held, marks } = of(connection);
      const mark = marks.get(name) ?? { entries: 0, lines: 0, told: 0 };
      held.entries.length = mark.entries;
      held.lines.length = mark.lines;
      held.told = mark.told;
    },
    releaseSavepoint: (connection, name) => atSavepoint(connection, 'release savepoint', name),
    releaseConnection: async (connection) => of(connection).release(),
    destroy: () => kysely.destroy(),
  };

  const KyselyClass = kysely.constructor as new (config: {
    dialect: object;
    plugins: readonly unknown[];
  }) => Kysely<DB>;
  const db = new KyselyClass({
    plugins: [...executor.plugins],
    dialect: {
      createAdapter: () => executor.adapter,
      createDriver: () => driver,
      createQueryCompiler: () => ({ compileQuery: executor.compileQuery.bind(executor) }),
      createIntrospector: () => kysely.introspection,
    },
  });
  outbox?.wake();

  return {
    db,
    createOutbox: async () => outbox?.create(),
    status: () => ({ told, untold, uncertain, failed, problem: problem ?? outbox?.problem ?? null }),
    close: async () => outbox?.close(),
  };
};

import type { DatabaseConnection } from 'kysely';
import type { CaptureClient } from './capture-client.ts';
import type { CapturedEntry } from './captured-entry.ts';
import { type Dialect, placeholder, placeholders, quoted, rowsOf, statement } from './sql.ts';

type Connection = Pick<DatabaseConnection, 'executeQuery'>;

/** Rows that are written, read and deleted at once. */
const rowsAtOnce = 200;
/** Waits, milliseconds: after a commit, so that more come together; and after a failure, twice as long each time. */
const patience = 50;
const firstWait = 500;
const longestWait = 30_000;

export interface Outbox {
  create(): Promise<void>;
  /** Inside the transaction of the changes that the entries are about. */
  write(connection: Connection, entries: readonly CapturedEntry[]): Promise<void>;
  /** Says that there is something to fetch, now or soon. */
  wake(): void;
  readonly problem: string | null;
  close(): Promise<void>;
}

/**
 * A table of the program’s own database through which entries leave: written in the same transaction as the changes that
 * they tell, so that there is never one without the other; fetched from there into the client’s queue, and deleted when
 * they are on its disk. What is fetched twice keeps its event id, and is stored once.
 */
export const openOutbox = (
  table: string,
  dialect: Dialect,
  client: Pick<CaptureClient, 'keep'>,
  withConnection: <Result>(use: (connection: Connection) => Promise<Result>) => Promise<Result>,
): Outbox => {
  const name = quoted(table);
  let problem: string | null = null;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let wait = firstWait;
  let closed = false;

  /** True when there may be more. */
  const fetchSome = async (): Promise<boolean> => {
    const rows = await withConnection((connection) =>
      rowsOf(connection, statement(`select id, entry from ${name} order by id limit ${rowsAtOnce}`)),
    );
    if (rows.length === 0) return false;
    await client.keep(rows.map(({ entry }) => JSON.parse(String(entry)) as CapturedEntry));
    const ids = rows.map(({ id }) => id);
    await withConnection((connection) =>
      connection.executeQuery(
        statement(`delete from ${name} where id in (${placeholders(dialect, 0, ids.length)})`, ids),
      ),
    );
    return rows.length === rowsAtOnce;
  };
  const fetchAll = async (): Promise<void> => {
    try {
      while (await fetchSome());
      problem = null;
      wait = firstWait;
    } catch (error) {
      // No room in the queue, or no database: it stays in the table, and is tried again.
      problem = error instanceof Error ? error.message : String(error);
      if (!closed) {
        schedule(wait);
        wait = Math.min(wait * 2, longestWait);
      }
    } finally {
      running = null;
    }
  };
  const schedule = (milliseconds: number): void => {
    timer ??= setTimeout(() => {
      timer = null;
      if (running === null) running = fetchAll();
      else schedule(patience);
    }, milliseconds).unref();
  };

  return {
    create: async () => {
      const id =
        dialect === 'sqlite' ? 'integer primary key autoincrement' : 'bigint generated always as identity primary key';
      const sql = `create table if not exists ${name} (id ${id}, event_id text not null unique, entry text not null)`;
      await withConnection((connection) => connection.executeQuery(statement(sql)));
    },
    write: async (connection, entries) => {
      for (let from = 0; from < entries.length; from += rowsAtOnce) {
        const some = entries.slice(from, from + rowsAtOnce);
        const rows = some.map(
          (_entry, row) => `(${placeholder(dialect, row * 2)}, ${placeholder(dialect, row * 2 + 1)})`,
        );
        const values = some.flatMap((entry) => [entry.eventId, JSON.stringify(entry)]);
        await connection.executeQuery(
          statement(`insert into ${name} (event_id, entry) values ${rows.join(', ')}`, values),
        );
      }
    },
    wake: () => schedule(patience),
    get problem() {
      return problem;
    },
    close: async () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await running;
      await fetchAll();
    },
  };
};

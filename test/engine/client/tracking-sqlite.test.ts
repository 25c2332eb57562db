import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { afterEach, describe } from 'vitest';
import { createTables, describeTracking, type Shop } from './tracking-cases.ts';

const opened: Kysely<Shop>[] = [];
afterEach(async () => {
  for (const db of opened.splice(0)) await db.destroy();
});

describe('changes in SQLite', () => {
  describeTracking(async () => {
    const db = new Kysely<Shop>({ dialect: new SqliteDialect({ database: new Database(':memory:') }) });
    opened.push(db);
    await createTables(db, 'integer');
    return db;
  });
});

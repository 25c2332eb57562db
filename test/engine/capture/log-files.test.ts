import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { defaultLogFiles, type LogFileSettings } from '#shared/contract/log-files.ts';
import { withBuiltThreads } from '../built-threads.ts';
import { type Caller, codeOf, connect, openEngine, setUp, temporaryFolder } from '../engine/engine-kit.ts';

interface Line {
  readonly logger: string;
  readonly id: number;
  readonly target: string | null;
  readonly detail: string | null;
}

/** Lines of a log from the oldest rotated file to the newest. */
const linesOf = (folder: string, file: string): Line[] =>
  readdirSync(folder)
    .filter((name) => name === file || /^\d+$/.test(name.slice(file.length + 1)))
    .sort((a, b) => Number(b.slice(file.length + 1)) - Number(a.slice(file.length + 1)))
    .flatMap((name) => readFileSync(path.join(folder, name), 'utf8').split('\n').slice(0, -1))
    .map((text) => JSON.parse(text) as Line);

/** Long enough for a busy machine; nothing waits this long unless it fails. */
const patience = { timeout: 30_000, interval: 50 } as const;

const caughtUp = async (host: Caller): Promise<void> => {
  await vi.waitFor(async () => {
    const { waiting, error } = await host.call('capture.logFiles', {});
    expect({ waiting, error }).toEqual({ waiting: 0, error: null });
  }, patience);
};

const enabled: LogFileSettings = { ...defaultLogFiles, enabled: true };
const smallFiles = (maxBytes: number, backups: number): LogFileSettings => ({
  enabled: true,
  loggers: enabled.loggers.map((logger) => ({ ...logger, limits: logger.limits && { maxBytes, backups } })),
});

test('what is captured is copied by logger, and what was captured before is not', async () => {
  const data = temporaryFolder();
  const engine = await openEngine(data, { onDuty: true });
  const { admin } = await setUp(engine);
  const host = connect(engine, 'host');
  await host.call('capture.store', { entries: [{ event: 'CREATE', target: 'Before' }] });
  expect(await admin.call('capture.logFiles', {})).toMatchObject({
    settings: { enabled: false },
    folder: path.join(data, 'logs'),
    files: [
      { file: 'audit.log', loggers: ['purchase_audit', 'audit'], maxBytes: 20 * 1024 * 1024, backups: 10, bytes: 0 },
      { file: 'payments.log', maxBytes: 10 * 1024 * 1024, backups: 5 },
      { file: 'purchase_orders.log', maxBytes: 10 * 1024 * 1024, backups: 5 },
    ],
  });
  await admin.call('capture.setLogFiles', enabled);
  await caughtUp(host);
  await host.call('capture.store', {
    entries: [
      { event: 'UPDATE', target: 'Payments', recordId: 7, field: 'card', oldValue: '4111 1111 1111 1111' },
      { request: { method: 'POST', path: '/api/payments/create/' }, status: 201 },
      { event: 'DELETE', target: 'PurchaseOrders', recordId: 8 },
      { event: 'LOGIN', actor: 'ana' },
    ],
  });
  await caughtUp(host);
  const folder = path.join(data, 'logs');
  const audit = linesOf(folder, 'audit.log');
  expect(audit.map(({ id, logger }) => [id, logger])).toEqual([
    [2, 'purchase_audit'],
    [3, 'audit'],
    [4, 'purchase_audit'],
    [5, 'audit'],
  ]);
  expect(audit[0]).toMatchObject({ recordId: '7', oldValue: expect.stringMatching(/^\[redacted:/), origin: null });
  expect(linesOf(folder, 'payments.log').map(({ id, logger }) => [id, logger])).toEqual([
    [2, 'payments'],
    [3, 'payments'],
  ]);
  expect(linesOf(folder, 'purchase_orders.log').map(({ id }) => id)).toEqual([4]);
  expect(statSync(path.join(folder, 'audit.log')).mode & 0o777).toBe(0o600);
  const { files } = await admin.call('capture.logFiles', {});
  expect(files[0]).toMatchObject({ written: 4, rotated: 0, lastWrittenAt: expect.any(String) });
  expect(files[0]?.bytes).toBe(statSync(path.join(folder, 'audit.log')).size);
});

test('a file that is full is put aside as .1, the others move up, and no more are kept than is set', async () => {
  const data = temporaryFolder();
  const engine = await openEngine(data, { onDuty: true });
  const { admin } = await setUp(engine);
  const host = connect(engine, 'host');
  await admin.call('capture.setLogFiles', smallFiles(4096, 3));
  await caughtUp(host);
  for (let round = 0; round < 8; round += 1) {
    const entries = Array.from({ length: 10 }, (_, place) => ({ event: 'CREATE', target: `Well ${round}.${place}` }));
    await host.call('capture.store', { entries });
    await caughtUp(host);
  }
  const folder = path.join(data, 'logs');
  const names = readdirSync(folder).filter((name) => name.startsWith('audit.log'));
  expect(names.sort()).toEqual(['audit.log', 'audit.log.1', 'audit.log.2', 'audit.log.3']);
  for (const name of names.slice(1)) {
    const { size } = statSync(path.join(folder, name));
    expect(size).toBeGreaterThanOrEqual(4096);
    expect(size).toBeLessThan(4096 + 1024);
  }
  const ids = linesOf(folder, 'audit.log').map(({ id }) => id);
  // The newest ones, without a gap.
  expect(ids).toEqual(ids.map((_, place) => 80 - ids.length + 1 + place));
  expect((await admin.call('capture.logFiles', {})).files[0]).toMatchObject({ rotated: 3, written: 80 });
});

test('what was captured while nothing wrote the files is written by the next one; switched off, it is left out', async () => {
  const data = temporaryFolder();
  const first = await openEngine(data, { onDuty: true });
  const { admin } = await setUp(first);
  await admin.call('capture.setLogFiles', enabled);
  await connect(first, 'host').call('capture.store', { entries: [{ detail: 'one' }] });
  await caughtUp(connect(first, 'host'));
  await first.close();
  // A command: it captures and writes no files.
  const second = await openEngine(data);
  await connect(second, 'host').call('capture.store', { entries: [{ detail: 'two' }] });
  await second.close();
  const folder = path.join(data, 'logs');
  expect(linesOf(folder, 'audit.log').map(({ detail }) => detail)).toEqual(['one']);
  // Power was lost in the middle of a line.
  writeFileSync(path.join(folder, 'audit.log'), '{"logger":"audit","id":2,"eve', { flag: 'a' });
  const third = await openEngine(data, { onDuty: true });
  const host = connect(third, 'host');
  await vi.waitFor(
    () => expect(linesOf(folder, 'audit.log').map(({ detail }) => detail)).toEqual(['one', 'two']),
    patience,
  );
  await host.call('capture.setLogFiles', { ...enabled, enabled: false });
  await host.call('capture.store', { entries: [{ detail: 'three' }] });
  await host.call('capture.setLogFiles', enabled);
  await caughtUp(host);
  await host.call('capture.store', { entries: [{ detail: 'four' }] });
  await caughtUp(host);
  expect(linesOf(folder, 'audit.log').map(({ detail }) => detail)).toEqual(['one', 'two', 'four']);
});

test('files that can’t be written stop nothing, are told, and are completed later', async () => {
  const data = temporaryFolder();
  const engine = await openEngine(data, { onDuty: true });
  const { admin } = await setUp(engine);
  const host = connect(engine, 'host');
  const folder = path.join(temporaryFolder(), 'elsewhere');
  // Where the folder should be there is a file, which nobody can write into, root neither.
  writeFileSync(folder, '');
  await host.call('capture.setLogFolder', { folder });
  await admin.call('capture.setLogFiles', enabled);
  await vi.waitFor(async () => {
    const { error, failures } = await admin.call('capture.logFiles', {});
    expect(error?.code).toBe('log_unwritable');
    expect(failures).toBeGreaterThan(0);
  }, patience);
  expect((await host.call('capture.store', { entries: [{ detail: 'kept' }] })).stored).toBe(1);
  rmSync(folder);
  await vi.waitFor(() => expect(existsSync(folder)).toBe(true), patience);
  await host.call('capture.store', { entries: [{ detail: 'and more' }] });
  await caughtUp(host);
  expect(linesOf(folder, 'audit.log').at(-1)?.detail).toBe('and more');
  // One of the files is a folder now.
  rmSync(path.join(folder, 'payments.log'), { force: true });
  mkdirSync(path.join(folder, 'payments.log'));
  await host.call('capture.store', { entries: [{ target: 'Payments', detail: 'paid' }] });
  const isToldUnwritable = async (): Promise<void> =>
    expect((await admin.call('capture.logFiles', {})).error?.code).toBe('log_unwritable');
  await vi.waitFor(isToldUnwritable, patience);
  chmodSync(path.join(folder, 'payments.log'), 0o700);
  rmSync(path.join(folder, 'payments.log'), { recursive: true });
  await vi.waitFor(
    () => expect(linesOf(folder, 'payments.log').map(({ detail }) => detail)).toEqual(['paid']),
    patience,
  );
  expect(linesOf(folder, 'audit.log').filter(({ detail }) => detail === 'paid')).toHaveLength(1);
});

test('a position that can’t be forgotten never makes them begin with what came while they were off', async () => {
  const data = temporaryFolder();
  const engine = await openEngine(data, { onDuty: true });
  const { admin } = await setUp(engine);
  const host = connect(engine, 'host');
  const folder = path.join(data, 'logs');
  const position = path.join(folder, 'log-files.json');
  await admin.call('capture.setLogFiles', enabled);
  await host.call('capture.store', { entries: [{ detail: 'one' }] });
  await caughtUp(host);
  // Something that nobody can remove as a file, root neither, stands in its place while they are switched off.
  renameSync(position, `${position}.kept`);
  mkdirSync(position);
  await admin.call('capture.setLogFiles', { ...enabled, enabled: false });
  await host.call('capture.store', { entries: [{ detail: 'two' }] });
  expect(await codeOf(admin.call('capture.setLogFiles', enabled))).toBe('log_unwritable');
  expect((await admin.call('capture.logFiles', {})).settings.enabled).toBe(false);
  rmSync(position, { recursive: true });
  renameSync(`${position}.kept`, position);
  await admin.call('capture.setLogFiles', enabled);
  await host.call('capture.store', { entries: [{ detail: 'three' }] });
  await caughtUp(host);
  expect(linesOf(folder, 'audit.log').map(({ detail }) => detail)).toEqual(['one', 'three']);
});

test('only administrators see and change them, names and limits are looked at, and windows name no folders', async () => {
  const engine = await openEngine(temporaryFolder(), { onDuty: true });
  const { admin } = await setUp(engine);
  const account = { login: 'luis', name: 'Luis', role: 'auditor', password: 'otra frase larga' } as const;
  await admin.call('account.create', account);
  const { token } = await connect(engine, 'window').call('session.signIn', account);
  const auditor = connect(engine, 'window', token);
  expect(await codeOf(auditor.call('capture.logFiles', {}))).toBe('forbidden');
  expect(await codeOf(auditor.call('capture.setLogFiles', enabled))).toBe('forbidden');
  expect(await codeOf(admin.call('capture.setLogFolder', { folder: '/' }))).toBe('forbidden');
  const [audit] = enabled.loggers.filter(({ name }) => name === 'audit');
  if (!audit) throw new Error('no logger audit');
  for (const wrong of [
    [audit, audit],
    [{ ...audit, limits: null }],
    [audit, { ...audit, name: 'other' }],
    [audit, { ...audit, name: 'other', file: 'Audit.log', limits: null }],
    [{ ...audit, file: '../audit.log' }],
    [{ ...audit, file: 'bitacora.log' }],
    [{ ...audit, name: 'no name' }],
    [{ ...audit, limits: { maxBytes: 10, backups: 1 } }],
    [{ ...audit, limits: { maxBytes: 10_000, backups: 0 } }],
  ]) {
    expect(await codeOf(admin.call('capture.setLogFiles', { enabled: true, loggers: wrong }))).toBe('invalid');
  }
});

/** How often the engine is killed while it writes: a few times here, more in .ci/run. */
const kills = Number(process.env.BITACORA_LOG_KILLS ?? '4');

test(`killed ${kills} times while it writes and rotates: no line is missing, none is there twice`, {
  timeout: 60_000 + kills * 20_000,
}, async () => {
  const data = temporaryFolder();
  const folder = path.join(data, 'logs');
  const engine = await openEngine(data, { onDuty: true });
  await setUp(engine);
  const host = connect(engine, 'host');
  await host.call('capture.setLogFiles', smallFiles(200_000, 1000));
  await caughtUp(host);
  await engine.close();
  let seen = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const program = path.join(import.meta.dirname, 'duty-child.ts');
    const child = spawn(process.execPath, [...withBuiltThreads, program, data, 'store'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const before = seen;
    await vi.waitFor(
      () => {
        const lines = readdirSync(folder)
          .filter((name) => name.startsWith('audit.log'))
          .reduce((sum, name) => sum + (statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
        seen = Math.max(seen, lines);
        expect(seen).toBeGreaterThan(before);
      },
      { timeout: 30_000, interval: 5 },
    );
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const last = await openEngine(data, { onDuty: true });
  await caughtUp(connect(last, 'host'));
  await last.close();
  const db = new Database(path.join(data, 'ledger.db'), { readonly: true });
  const stored = db.prepare('SELECT id FROM entry ORDER BY id').pluck().all();
  expect(stored.length).toBeGreaterThan(kills);
  expect(linesOf(folder, 'audit.log').map(({ id }) => id)).toEqual(stored);
  const paid = db
    .prepare(
      "SELECT entry.id FROM entry JOIN target ON target.id = entry.target WHERE target.name = 'Payments' ORDER BY 1",
    )
    .pluck()
    .all();
  expect(linesOf(folder, 'payments.log').map(({ id }) => id)).toEqual(paid);
  expect(readdirSync(folder)).toContain('audit.log.1');
  db.close();
});

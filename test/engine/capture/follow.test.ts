import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import type { Follow } from '#shared/contract/follow.ts';
import { withBuiltThreads } from '../built-threads.ts';
import { type Caller, codeOf, connect, openEngine, password, setUp, temporaryFolder } from '../engine/engine-kit.ts';
import { bytesUnder } from './capture-kit.ts';

const entryOf = (detail: string, more: object = {}): string =>
  `${JSON.stringify({ timestamp: '2026-03-10T09:15:00.123Z', user: 'ana', event: 'UPDATE', detail, ...more })}\n`;

const storedIn = (data: string): string[] => {
  const db = new Database(path.join(data, 'ledger.db'), { readonly: true });
  const details = db.prepare('SELECT detail FROM entry ORDER BY id').pluck().all() as string[];
  db.close();
  return details;
};

const followed = async (host: Caller): Promise<Follow> => {
  const [follow] = (await host.call('capture.follows', {})).follows;
  if (!follow) throw new Error('nothing is followed');
  return follow;
};

const patience = { timeout: 30_000, interval: 30 } as const;
const untilStored = (data: string, details: readonly string[]): Promise<void> =>
  vi.waitFor(() => expect(storedIn(data)).toEqual(details), patience);

const begin = async () => {
  const data = temporaryFolder();
  const engine = await openEngine(data, { onDuty: true });
  const { admin } = await setUp(engine);
  const folder = temporaryFolder();
  return { data, engine, admin, host: connect(engine, 'host'), log: path.join(folder, 'audit.log') };
};

test('a log is read from its beginning, with its rotated parts, and then as it grows', async () => {
  const { data, admin, host, log } = await begin();
  writeFileSync(`${log}.2.gz`, gzipSync(entryOf('one')));
  writeFileSync(`${log}.1`, [entryOf('two'), entryOf('two'), 'no entry, password=hunter2secret\n'].join(''));
  writeFileSync(log, entryOf('three'));
  writeFileSync(`${log}.txt`, entryOf('not of the set'));
  const added = await host.call('capture.followPath', { path: log, options: { source: 'shop' } });
  await untilStored(data, ['one', 'two', 'two', 'three']);
  appendFileSync(log, entryOf('four').slice(0, 20));
  await new Promise((resolve) => setTimeout(resolve, 100));
  appendFileSync(log, entryOf('four').slice(20));
  await untilStored(data, ['one', 'two', 'two', 'three', 'four']);
  await vi.waitFor(async () => expect((await followed(admin)).lag).toBe(0), patience);
  const follow = await followed(admin);
  expect(follow).toMatchObject({
    id: added.id,
    path: log,
    state: 'following',
    format: 'ndjson',
    encoding: 'utf-8',
    read: 6,
    stored: 5,
    duplicates: 0,
    rejected: 1,
    gaps: 0,
    error: null,
  });
  expect(follow.position).toBe(follow.bytes);
  const rejects = readFileSync(follow.rejectsFile ?? '', 'utf8');
  expect(JSON.parse(rejects)).toMatchObject({ line: 3, reason: 'not_json', text: expect.stringContaining('no entry') });
  expect(rejects).not.toContain('hunter2secret');
  expect(await admin.call('log.entry', { id: 5 })).toMatchObject({
    source: 'shop',
    detail: 'four',
    origin: { file: 'audit.log', line: 2 },
  });
});

test('rotation by renaming, by copying and truncating, and by packing loses nothing and repeats nothing', async () => {
  const { data, host, log } = await begin();
  const said: string[] = [];
  const say = (): void => {
    said.push(`line ${said.length}`);
    appendFileSync(log, entryOf(said.at(-1) ?? '', { n: said.length }));
  };
  await host.call('capture.followPath', { path: log, options: {} });
  expect((await followed(host)).state).toBe('waiting');
  say();
  say();
  await untilStored(data, said);
  // Written just before it is renamed, and then by somebody who is late.
  say();
  renameSync(log, `${log}.1`);
  said.push('late');
  appendFileSync(`${log}.1`, entryOf('late'));
  say();
  await untilStored(data, said);
  say();
  renameSync(`${log}.1`, `${log}.2`);
  copyFileSync(log, `${log}.1`);
  truncateSync(log, 0);
  say();
  await untilStored(data, said);
  // Longer than it was when it was truncated.
  copyFileSync(log, `${log}.0`);
  renameSync(`${log}.2`, `${log}.3`);
  renameSync(`${log}.1`, `${log}.2`);
  renameSync(`${log}.0`, `${log}.1`);
  truncateSync(log, 0);
  for (let more = 0; more < 5; more += 1) say();
  await untilStored(data, said);
  say();
  renameSync(`${log}.1`, `${log}.4`);
  renameSync(log, `${log}.1`);
  writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(`${log}.1`)));
  rmSync(`${log}.1`);
  say();
  await untilStored(data, said);
  const follow = await followed(host);
  expect(follow).toMatchObject({ gaps: 0, rejected: 0, duplicates: 0 });
});

test('an import of the same set makes no repeats, and what was imported before is not stored again', async () => {
  const { data, engine, host, log } = await begin();
  const lines = entryOf('a') + entryOf('b') + entryOf('b') + entryOf('c');
  writeFileSync(log, lines);
  const importLog = async (): Promise<number> => {
    const { grant } = await host.call('file.grant', { path: log });
    const options = {};
    return (await host.call('import.run', { grant, options })).stored;
  };
  expect(await importLog()).toBe(4);
  await host.call('capture.followPath', { path: log, options: {} });
  await vi.waitFor(async () => expect((await followed(host)).duplicates).toBe(4), patience);
  appendFileSync(log, entryOf('c') + entryOf('d'));
  await untilStored(data, ['a', 'b', 'b', 'c', 'c', 'd']);
  expect(await importLog()).toBe(0);
  // Alike rows are still told apart by whoever comes next.
  await engine.close();
  appendFileSync(log, entryOf('d'));
  await openEngine(data, { onDuty: true });
  await untilStored(data, ['a', 'b', 'b', 'c', 'c', 'd', 'd']);
});

test('importing a followed log, or a file that it was rotated into, stores no line again and no secret', async () => {
  const { data, host, log } = await begin();
  const secret = entryOf('a', { request: { body: { user: 'ana', password: 'hunter2secret' } } });
  writeFileSync(`${log}.1`, secret + secret);
  writeFileSync(log, `${secret}no entry, password=hunter2secret\n`);
  await host.call('capture.followPath', { path: log, options: {} });
  await untilStored(data, ['a', 'a', 'a']);
  for (const [file, read] of [
    [log, 2],
    [`${log}.1`, 2],
  ] as const) {
    const { grant } = await host.call('file.grant', { path: file });
    const result = await host.call('import.run', { grant, options: {} });
    expect(result).toMatchObject({ read, stored: 0, rejected: read - result.duplicates });
    if (result.rejectsFile !== null) expect(readFileSync(result.rejectsFile, 'utf8')).not.toContain('hunter2secret');
  }
  expect(bytesUnder(data).includes('hunter2secret')).toBe(false);
  // Elsewhere nobody knows what it was: it is stored as it is.
  const copy = path.join(temporaryFolder(), 'audit.log');
  writeFileSync(copy, secret);
  const { grant } = await host.call('file.grant', { path: copy });
  expect(await host.call('import.run', { grant, options: {} })).toMatchObject({ stored: 1 });
  expect(bytesUnder(data).includes('hunter2secret')).toBe(true);
});

test('alike lines on both sides of a rotation are two, also when nobody followed meanwhile', async () => {
  const { data, engine, host, log } = await begin();
  writeFileSync(log, entryOf('x') + entryOf('same'));
  await host.call('capture.followPath', { path: log, options: {} });
  await untilStored(data, ['x', 'same']);
  await engine.close();
  renameSync(log, `${log}.1`);
  writeFileSync(log, entryOf('same') + entryOf('y'));
  renameSync(`${log}.1`, `${log}.2`);
  renameSync(log, `${log}.1`);
  writeFileSync(log, entryOf('y'));
  await openEngine(data, { onDuty: true });
  await untilStored(data, ['x', 'same', 'same', 'y', 'y']);
});

test('only what comes from now on; paused and gone on; followed no more', async () => {
  const { data, admin, host, log } = await begin();
  writeFileSync(log, entryOf('old'));
  const { grant } = await host.call('file.grant', { path: log });
  const { id } = await admin.call('capture.follow', { grant, options: { start: 'now' } });
  await vi.waitFor(async () => expect((await followed(admin)).lag).toBe(0), patience);
  await vi.waitFor(async () => expect((await followed(admin)).position).toBeGreaterThan(0), patience);
  appendFileSync(log, entryOf('new'));
  await untilStored(data, ['new']);
  /** As the state of capture tells it, by which a program without its window stays. */
  const count = async (): Promise<number> => (await admin.call('capture.choose', {})).follows;
  expect(await count()).toBe(1);
  await admin.call('capture.pauseFollow', { id, paused: true });
  expect(await count()).toBe(0);
  expect(await followed(admin)).toMatchObject({ state: 'paused', stored: 1 });
  appendFileSync(log, entryOf('meanwhile'));
  renameSync(log, `${log}.1`);
  writeFileSync(log, entryOf('after'));
  await admin.call('capture.pauseFollow', { id, paused: false });
  await untilStored(data, ['new', 'meanwhile', 'after']);
  await vi.waitFor(async () => expect(await followed(admin)).toMatchObject({ stored: 3 }), patience);
  expect(await count()).toBe(1);
  await admin.call('capture.unfollow', { id });
  expect(await count()).toBe(0);
  expect((await admin.call('capture.follows', {})).follows).toEqual([]);
  expect(await codeOf(admin.call('capture.unfollow', { id }))).toBe('not_found');
});

test('what can’t be followed is told and tried again; our own logs and windows that name paths are refused', async () => {
  const { data, admin, host, log } = await begin();
  mkdirSync(log);
  const { id } = await host.call('capture.followPath', { path: log, options: {} });
  await vi.waitFor(async () => expect((await followed(admin)).error?.code).toBe('file_unreadable'), patience);
  rmSync(log, { recursive: true });
  writeFileSync(log, 'name;value\n1;2\n');
  await vi.waitFor(async () => expect((await followed(admin)).error?.code).toBe('follow_format'), patience);
  writeFileSync(log, entryOf('at last'));
  await untilStored(data, ['at last']);
  await vi.waitFor(
    async () => expect(await followed(admin)).toMatchObject({ id, state: 'following', error: null }),
    patience,
  );
  expect((await host.call('capture.followPath', { path: log, options: {} })).id).toBe(id);
  const own = path.join(data, 'logs', 'audit.log');
  expect(await codeOf(host.call('capture.followPath', { path: own, options: {} }))).toBe('follow_own');
  expect(await codeOf(admin.call('capture.followPath', { path: log, options: {} }))).toBe('forbidden');
  expect(await codeOf(admin.call('capture.follow', { grant: 'x', options: {} }))).toBe('not_found');
});

test('a window names only logs that are there, in the folders that were named at the start', async () => {
  const data = temporaryFolder();
  const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
  const engine = await openEngine(data, { onDuty: true, followIn: [folder] });
  const { admin } = await setUp(engine);
  const name = (file: string): Promise<Follow> => admin.call('capture.followNamed', { path: file, options: {} });
  const log = path.join(folder, 'shop', 'audit.log');
  mkdirSync(path.dirname(log));
  expect((await admin.call('capture.follows', {})).namedIn).toEqual([folder]);
  expect(await codeOf(name('shop/audit.log'))).toBe('path_relative');
  expect(await codeOf(name(log))).toBe('file_not_found');
  expect(await codeOf(name(path.join(log, 'deeper.log')))).toBe('file_not_found');
  expect(await codeOf(name(path.dirname(log)))).toBe('file_not_found');
  // Out there, whatever is there looks the same.
  writeFileSync(path.join(elsewhere, 'audit.log'), entryOf('not for windows'));
  symlinkSync(path.join(elsewhere, 'audit.log'), path.join(folder, 'link.log'));
  for (const outside of [
    path.join(elsewhere, 'audit.log'),
    path.join(elsewhere, 'missing.log'),
    `${folder}/../${path.basename(elsewhere)}/audit.log`,
    `${folder}x/audit.log`,
    path.join(folder, 'link.log'),
  ]) {
    expect(await codeOf(name(outside))).toBe('follow_outside');
  }
  writeFileSync(log, entryOf('a'));
  expect((await name(log)).path).toBe(log);
  await untilStored(data, ['a']);
  await engine.close();
  const other = await openEngine(data);
  const { token } = await connect(other, 'window').call('session.signIn', { login: 'ana', password });
  const window = connect(other, 'window', token);
  expect((await window.call('capture.follows', {})).namedIn).toEqual([]);
  expect(await codeOf(window.call('capture.followNamed', { path: log, options: {} }))).toBe('follow_outside');
});

test('a file with unread lines that is gone is told; a torn packed file is left out and told', async () => {
  const { data, engine, host, log } = await begin();
  writeFileSync(log, entryOf('a'));
  await host.call('capture.followPath', { path: log, options: {} });
  await untilStored(data, ['a']);
  await engine.close();
  rmSync(log);
  writeFileSync(log, entryOf('b', { n: 1 }));
  const packed = gzipSync(entryOf('never whole').repeat(1000));
  writeFileSync(`${log}.1.gz`, packed.subarray(0, packed.length >> 1));
  const next = await openEngine(data, { onDuty: true });
  await untilStored(data, ['a', 'b']);
  const told = { gaps: 1, torn: 'audit.log.1.gz', state: 'following' };
  await vi.waitFor(async () => expect(await followed(connect(next, 'host'))).toMatchObject(told), patience);
});

/** How often the engine is killed while it follows: a few times here, more in .ci/run. */
const kills = Number(process.env.BITACORA_FOLLOW_KILLS ?? '3');

test(`killed ${kills} times while the log is renamed, truncated, packed: every line once`, {
  timeout: 90_000 + kills * 20_000,
}, async () => {
  const { data, engine, host, log } = await begin();
  await host.call('capture.followPath', { path: log, options: {} });
  await engine.close();
  const writer = spawn(
    process.execPath,
    ['--no-warnings', path.join(import.meta.dirname, 'log-writer.ts'), path.dirname(log)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const said = new Map<string, number>();
  createInterface({ input: writer.stdout }).on('line', (text) => {
    const [number = '', count = '0'] = text.split(' ');
    said.set(`line ${number}`, Number(count));
  });
  const db = new Database(path.join(data, 'ledger.db'), { readonly: true });
  const count = db.prepare('SELECT count(*) FROM entry').pluck();
  const storedCount = (): number => Number(count.get());
  // The log keeps forty files of sixty lines: whoever follows must not fall behind by so much.
  const letting = setInterval(() => writer.stdin.write(`${storedCount() + 1200}\n`), 20);
  let child: ChildProcess | null = null;
  for (let kill = 0; kill < kills; kill += 1) {
    const program = path.join(import.meta.dirname, 'duty-child.ts');
    child = spawn(process.execPath, [...withBuiltThreads, program, data], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (child.stdout) await once(child.stdout, 'data');
    const before = storedCount();
    if (kill % 2 === 0) {
      await vi.waitFor(() => expect(storedCount()).toBeGreaterThan(before), { timeout: 60_000, interval: 5 });
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  clearInterval(letting);
  writer.stdin.end();
  await once(writer, 'close');
  const last = await openEngine(data, { onDuty: true });
  const total = [...said.values()].reduce((sum, count) => sum + count, 0);
  const until = performance.now() + 60_000;
  while (storedCount() < total && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  db.close();
  const counts = new Map<string, number>();
  for (const detail of storedIn(data)) counts.set(detail, (counts.get(detail) ?? 0) + 1);
  const wrong = [...new Set([...said.keys(), ...counts.keys()])]
    .filter((detail) => said.get(detail) !== counts.get(detail))
    .map((detail) => `${detail}: ${said.get(detail)} said, ${counts.get(detail)} stored`);
  // Some are enough to see what is wrong.
  expect({ wrong: wrong.slice(0, 20), ...(await followed(connect(last, 'host'))) }).toMatchObject({
    wrong: [],
    gaps: 0,
    error: null,
    torn: null,
  });
  expect(said.size).toBeGreaterThan(kills * 10);
});

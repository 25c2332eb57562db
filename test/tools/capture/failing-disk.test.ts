import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../engine/engine/engine-kit.ts';
import { canFail, failCalls } from './failing-calls.ts';

const child = path.join(import.meta.dirname, '../../engine/capture/capture-child.ts');

const megabyte = 2 ** 20;

interface Site {
  readonly data: string;
  readonly pid: number;
  /** Sends so many new entries; the status of the answer. */
  post(count: number): Promise<number>;
  health(): Promise<number>;
}

/** An engine that captures, and afterwards the comparison of what it acknowledged with what it stored. */
const whileItCaptures = async (work: (site: Site) => Promise<void>): Promise<void> => {
  const folder = temporaryFolder();
  const data = path.join(folder, 'data');
  const engine = spawn(process.execPath, ['--no-warnings', child, folder], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [said] = (await once(engine.stdout, 'data')) as [Buffer];
  const { url, token, pid } = JSON.parse(String(said)) as { url: string; token: string; pid: number };
  const acknowledged = new Map<string, number>();
  const post = async (count: number): Promise<number> => {
    const entries = Array.from({ length: count }, () => ({ eventId: randomUUID(), detail: randomUUID().repeat(20) }));
    const answer = await fetch(`${url}/api/entries`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(entries),
    });
    const { ids = [] } = (await answer.json()) as { ids?: number[] };
    for (const [place, id] of ids.entries()) {
      acknowledged.set((entries[place]?.eventId ?? '').replaceAll('-', ''), id);
    }
    if (answer.status === 503) expect(answer.headers.get('retry-after')).toBe('1');
    return answer.status;
  };
  try {
    await work({ data, pid, post, health: async () => (await fetch(`${url}/api/health`)).status });
  } finally {
    engine.kill('SIGKILL');
    await once(engine, 'exit');
  }
  const db = new Database(path.join(data, 'ledger.db'), { fileMustExist: true });
  const rows = db.prepare('SELECT lower(hex(event_id)), id FROM entry ORDER BY id').raw().all() as [string, number][];
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
  expect(rows.map(([, id]) => id)).toEqual(rows.map((_row, place) => place + 1));
  expect(new Map(rows)).toEqual(acknowledged);
};

const options = { timeout: 240_000 };

/** Which calls on the log fail, and how. */
const logFaults = [
  ['fsync,fdatasync', 'EIO'],
  ['pwrite64', 'EIO'],
  ['pwrite64', 'ENOSPC'],
  ['fsync,fdatasync', 'ENOSPC'],
] as const;

test.skipIf(!canFail)('a write or a sync of the log that fails is answered with 503, and it heals', options, () =>
  whileItCaptures(async ({ data, pid, post, health }) => {
    expect(await post(3)).toBe(201);
    for (const [calls, code] of logFaults) {
      const failing = await failCalls(pid, calls, path.join(data, 'ledger.db-wal'), code);
      const refused = [await post(1), ...(await Promise.all([post(1), post(200), post(1)]))];
      await failing.heal();
      expect(failing.failed(), `${calls} ${code}`).toBeGreaterThan(0);
      expect(refused, `${calls} ${code}`).toEqual([503, 503, 503, 503]);
      expect(await health()).toBe(200);
      for (let i = 0; i < 3; i += 1) expect(await post(i === 1 ? 200 : 1), `after ${calls} ${code}`).toBe(201);
    }
  }),
);

/** Which calls on the ledger's own file fail while the log is folded into it. */
const ledgerFaults = [
  ['fsync,fdatasync', 'EIO'],
  ['pwrite64', 'EIO'],
  ['pwrite64', 'ENOSPC'],
] as const;

test.skipIf(!canFail)(
  'a ledger that can’t be written to leaves entries in the log, and takes them in when it heals',
  options,
  () =>
    whileItCaptures(async ({ data, pid, post, health }) => {
      const ledger = path.join(data, 'ledger.db');
      const sizeOf = (file: string): number => statSync(file).size;
      expect(await post(3)).toBe(201);
      for (const [calls, code] of ledgerFaults) {
        const failing = await failCalls(pid, calls, ledger, code);
        const before = sizeOf(ledger);
        // More than makes SQLite fold its log in.
        const most = sizeOf(`${ledger}-wal`) + 9 * megabyte;
        while (sizeOf(`${ledger}-wal`) < most) expect(await post(1000), `${calls} ${code}`).toBe(201);
        const failed = failing.failed();
        if (calls === 'pwrite64') expect(sizeOf(ledger)).toBe(before);
        await failing.heal();
        expect(failed, `${calls} ${code}`).toBeGreaterThan(0);
        expect(await health()).toBe(200);
        for (let i = 0; i < 3; i += 1) expect(await post(i === 1 ? 200 : 1), `after ${calls} ${code}`).toBe(201);
        expect(sizeOf(ledger)).toBeGreaterThan(before + 4 * megabyte);
      }
      // A log that can't be cut is cut later.
      const failing = await failCalls(pid, 'ftruncate', `${ledger}-wal`, 'EIO');
      expect(await post(1)).toBe(201);
      await vi.waitFor(() => expect(failing.failed()).toBeGreaterThan(0), { timeout: 60_000, interval: 200 });
      expect(await post(200)).toBe(201);
      await failing.heal();
      expect(await post(1)).toBe(201);
      await vi.waitFor(() => expect(sizeOf(`${ledger}-wal`)).toBe(0), { timeout: 60_000, interval: 200 });
      expect(await post(200)).toBe(201);
    }),
);

test.skipIf(!canFail)(
  'a key of the redaction that can’t be made is answered with 503, and made when it can be',
  options,
  () =>
    whileItCaptures(async ({ data, pid, post }) => {
      const key = path.join(data, 'redaction.key');
      const draft = `${key}.${pid}`;
      for (const [calls, where, code] of [
        ['openat', draft, 'ENOSPC'],
        ['write', draft, 'ENOSPC'],
        ['write', draft, 'EIO'],
        ['fsync', draft, 'EIO'],
        ['link,linkat', key, 'EIO'],
        ['link,linkat', key, 'ENOSPC'],
      ] as const) {
        const failing = await failCalls(pid, calls, where, code);
        const refused = [await post(1), ...(await Promise.all([post(1), post(200)]))];
        const failed = failing.failed();
        await failing.heal();
        expect(failed, `${calls} ${code}`).toBeGreaterThan(0);
        expect(refused, `${calls} ${code}`).toEqual([503, 503, 503]);
        expect(existsSync(key)).toBe(false);
      }
      // The last step, the list of names in the folder: the key is there, and used when that is known to be on disk.
      const failing = await failCalls(pid, 'fsync', data, 'EIO');
      expect(await post(1)).toBe(503);
      expect(failing.failed()).toBe(1);
      await failing.heal();
      expect(await post(1)).toBe(201);
      expect(readdirSync(data).filter((name) => name.startsWith('redaction.key'))).toEqual(['redaction.key']);
    }),
);

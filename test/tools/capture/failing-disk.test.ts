import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../engine/engine/engine-kit.ts';

const strace = '/usr/bin/strace';
const child = path.join(import.meta.dirname, '../../engine/capture/capture-child.ts');

/** Which call on which file fails, and how. */
const faults = [
  ['fsync,fdatasync', 'ledger.db-wal', 'EIO'],
  ['pwrite64', 'ledger.db-wal', 'EIO'],
  ['pwrite64', 'ledger.db-wal', 'ENOSPC'],
  ['fsync,fdatasync', 'ledger.db-wal', 'ENOSPC'],
] as const;

/** Lets calls of a running process fail, until the answer is called. */
const failing = async (pid: number, call: string, file: string, code: string): Promise<() => Promise<void>> => {
  const words = ['-f', '-p', String(pid), '-P', file, '-e', `trace=${call}`, '-e', `inject=${call}:error=${code}`];
  const running: ChildProcess = spawn(strace, [...words, '-o', '/dev/null'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(running, 'exit');
  await new Promise<void>((resolve, reject) => {
    running.stderr?.on('data', (chunk: Buffer) => String(chunk).includes('attached') && resolve());
    running.once('exit', (reason) => reject(new Error(`strace ended with ${reason}`)));
  });
  return async () => {
    running.kill('SIGINT');
    await ended;
  };
};

test.skipIf(!existsSync(strace))(
  'a write or a sync that fails is answered with 503, and it heals',
  { timeout: 240_000 },
  async () => {
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
      return answer.status;
    };
    try {
      expect(await post(3)).toBe(201);
      for (const [call, file, code] of faults) {
        const heal = await failing(pid, call, path.join(data, file), code);
        const refused = [await post(1), ...(await Promise.all([post(1), post(200), post(1)]))];
        await heal();
        expect(refused, `${call} ${code}`).toEqual([503, 503, 503, 503]);
        expect((await fetch(`${url}/api/health`)).status).toBe(200);
        for (let i = 0; i < 3; i += 1) expect(await post(i === 1 ? 200 : 1), `after ${call} ${code}`).toBe(201);
      }
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
  },
);

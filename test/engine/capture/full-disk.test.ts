import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { withBuiltThreads } from '../built-threads.ts';
import { temporaryFolder } from '../engine/engine-kit.ts';

/** A limit on a file's size makes writes fail as a full disk does, and prlimit(1) makes room again. */
const canLimit = process.platform === 'linux' && existsSync('/usr/bin/prlimit');

test.skipIf(!canLimit)(
  'while writes fail nothing is accepted, and it heals by itself',
  { timeout: 120_000 },
  async () => {
    const folder = temporaryFolder();
    // 512 or 1024 bytes a block: some megabytes either way.
    const script = `trap '' XFSZ; ulimit -S -f 3000; exec "$0" "$@"`;
    const child = spawn(
      'bash',
      ['-c', script, process.execPath, ...withBuiltThreads, path.join(import.meta.dirname, 'capture-child.ts'), folder],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const { url, token } = JSON.parse(String(said)) as { url: string; token: string };
    const acknowledged = new Map<string, number>();
    const post = async (
      count: number,
    ): Promise<{ status: number; retryAfter: string | null; code: string | undefined }> => {
      const entries = Array.from({ length: count }, () => ({ eventId: randomUUID(), detail: randomUUID().repeat(25) }));
      const answer = await fetch(`${url}/api/entries`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(entries),
      });
      const body = (await answer.json()) as { ids?: number[]; error?: { code: string } };
      for (const [place, id] of (body.ids ?? []).entries()) acknowledged.set(entries[place]?.eventId ?? '', id);
      return { status: answer.status, retryAfter: answer.headers.get('retry-after'), code: body.error?.code };
    };

    let answer = await post(100);
    expect(answer.status).toBe(201);
    for (let i = 0; answer.status === 201 && i < 200; i += 1) answer = await post(100);
    expect(answer).toEqual({ status: 503, retryAfter: '1', code: 'not_accepting' });
    const together = await Promise.all([post(500), post(500), post(500)]);
    for (const { status } of together) expect(status).toBe(503);
    // It is alive, and reading is not its business here.
    expect((await fetch(`${url}/api/health`)).status).toBe(200);

    execFileSync('/usr/bin/prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
    for (let i = 0; i < 3; i += 1) expect((await post(200)).status).toBe(201);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const db = new Database(path.join(folder, 'data', 'ledger.db'), { fileMustExist: true });
    const rows = db.prepare('SELECT id, lower(hex(event_id)) FROM entry ORDER BY id').raw().all() as [number, string][];
    db.close();
    expect(rows.map(([id]) => id)).toEqual(rows.map((_row, place) => place + 1));
    expect(new Map(rows.map(([id, event]) => [event, id]))).toEqual(
      new Map([...acknowledged].map(([event, id]) => [event.replaceAll('-', ''), id])),
    );
  },
);

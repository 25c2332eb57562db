import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { rendererFolder } from '#main/cli/places.ts';
import { runCommand, startCommand } from './run-command.ts';

let folder: string;
const running: ReturnType<typeof startCommand>[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitacora-serve-'));
});
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGTERM');
    await ended;
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const serve = async (...words: string[]) => {
  const started = startCommand(['serve', ...words]);
  running.push(started);
  const said = JSON.parse(await started.firstLine) as { url: string; pid: number; version: string };
  return { ...started, ...said };
};

const post = async (url: string, name: string, input: object, session?: string) => {
  const answer = await fetch(new URL(`rpc/${name}`, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(session ? { authorization: `Bearer ${session}` } : {}) },
    body: JSON.stringify(input),
  });
  const lines = (await answer.text()).trimEnd().split('\n');
  return { status: answer.status, last: JSON.parse(lines.at(-1) ?? 'null') as { t: string; value: { token: string } } };
};

/** Asks until it answers; a test that waits for nothing runs into its own limit. */
const untilAnswers = async (url: string): Promise<void> => {
  for (;;) {
    try {
      if ((await fetch(new URL('api/health', url))).ok) return;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await wait(100);
  }
};

const enginePid = async (parent: number): Promise<number> => {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    // proc(5): after the name in parentheses come the state and the parent.
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent) return Number(entry);
  }
  throw new Error(`no child of ${parent}`);
};

/** A process that ended but whose end nobody collected yet (state Z) runs no more. */
const isRunning = async (pid: number): Promise<boolean> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && stat[stat.lastIndexOf(')') + 2] !== 'Z';
};

describe.skipIf(!existsSync(join(rendererFolder, 'index.html')))('bitacora serve', () => {
  it('answers when it says so, keeps what is stored, and ends cleanly with 0', async () => {
    const data = join(folder, 'one');
    const first = await serve('--data', data);
    expect(first.pid).toBe(first.child.pid);
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const page = await fetch(first.url);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const account = { login: 'ana', name: 'Ana', password: 'una frase larga' };
    const setup = await post(first.url, 'setup.create', account);
    expect(setup.last.t).toBe('ok');
    expect((await post(first.url, 'setup.create', { ...account, login: 'eva' })).status).toBe(409);
    process.kill(first.pid, 'SIGTERM');
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' });

    const second = await serve('--data', data);
    expect((await post(second.url, 'session.current', {}, setup.last.value.token)).last).toMatchObject({
      t: 'ok',
      value: { login: 'ana', role: 'admin' },
    });
    process.kill(second.pid, 'SIGINT');
    expect(await second.ended).toMatchObject({ code: 0 });
  });

  it('says in one sentence that the port or the ledger is taken', async () => {
    const data = join(folder, 'taken');
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as AddressInfo;
    expect(await runCommand(['serve', '--data', data, '--port', String(port)])).toEqual({
      code: 2,
      stdout: '',
      stderr: `Port ${port} is taken by another program already.\n`,
    });
    blocker.close();

    const { url } = await serve('--data', data);
    await post(url, 'setup.create', { login: 'ana', name: 'Ana', password: 'una frase larga' });
    const locked = await runCommand(['serve', '--data', data, '--lang', 'es']);
    expect(locked.code).toBe(1);
    expect(locked.stderr).toMatch(/^Otra Bitácora tiene abierto «.+»\. [^\n]+\n$/);
  });

  it('has accounts and tokens made while it has the ledger open, by whoever can read its folder', async () => {
    const data = join(folder, 'tokens');
    const { url, pid, ended } = await serve('--data', data);
    const made = await runCommand(['token', 'create', '--scope', 'capture', '--name', 'Pozos', '--data', data]);
    expect([made.code, made.stderr]).toEqual([0, 'Token 1 “Pozos” made (capture). Keep it: it is not shown again.\n']);
    const send = () =>
      fetch(`${url}/api/entries`, {
        method: 'POST',
        headers: { authorization: `Bearer ${made.stdout.trim()}`, 'content-type': 'application/json' },
        body: '{"event":"CREATE"}',
      });
    expect([(await send()).status]).toEqual([201]);
    const account = await runCommand(['account', 'create', 'ana', '--role', 'admin', '--data', data], {
      input: 'una frase larga',
    });
    expect([account.code, account.stderr]).toEqual([0, 'Account “ana” made (admin).\n']);
    // What leaves through it is an entry like any other export.
    const exported = await runCommand(['export', '--to', join(folder, 'served.csv'), '--json', '--data', data]);
    expect(JSON.parse(exported.stdout)).toMatchObject({ rows: 1, entryId: 2 });
    expect((await runCommand(['query', '--count', '--data', data])).stdout).toBe('2\n');
    const notes = async () => (await readdir(data)).filter((name) => name.startsWith('door.'));
    expect((await stat(join(data, (await notes())[0] ?? ''))).mode & 0o077).toBe(0);
    expect((await runCommand(['token', 'revoke', '1', '--data', data])).code).toBe(0);
    expect((await send()).status).toBe(401);
    expect(await runCommand(['token', 'revoke', '7', '--data', data])).toMatchObject({ code: 2 });

    process.kill(pid, 'SIGTERM');
    await ended;
    expect(await notes()).toEqual([]);
    // A note that somebody left who was killed.
    await writeFile(join(data, 'door.99999999.json'), JSON.stringify({ port: 1, secret: 'x' }));
    const listed = await runCommand(['token', 'list', '--json', '--data', data]);
    expect(JSON.parse(listed.stdout)).toMatchObject({
      tokens: [
        { id: 1, name: 'Pozos', scope: 'capture', hint: made.stdout.trim().slice(-4), revokedAt: expect.any(String) },
      ],
    });
    const table = await runCommand(['token', 'list', '--data', data, '--lang', 'es']);
    expect(table.stdout).toMatch(/Sirve para[\s\S]*Pozos\s+capture/);
  });

  it.skipIf(process.platform !== 'linux')(
    'starts a killed engine again on the same port, and takes the engine along when it is killed itself',
    async () => {
      const { url, pid, ended } = await serve('--data', join(folder, 'killed'));
      const setup = await post(url, 'setup.create', { login: 'ana', name: 'Ana', password: 'una frase larga' });
      process.kill(await enginePid(pid), 'SIGKILL');
      await wait(50);
      await untilAnswers(url);
      const { status } = await post(url, 'session.current', {}, setup.last.value.token);
      expect(status).toBe(200);

      const engine = await enginePid(pid);
      process.kill(pid, 'SIGKILL');
      await ended;
      while (await isRunning(engine)) await wait(20);
      await expect(fetch(url)).rejects.toThrow(TypeError);
    },
  );

  it('serves a ledger that can’t be opened to nobody', async () => {
    const data = join(folder, 'foreign');
    await mkdir(data);
    await writeFile(join(data, 'ledger.db'), 'this is not a ledger');
    const { code, stdout, stderr } = await runCommand(['serve', '--data', data]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

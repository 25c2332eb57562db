import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../../engine/capture/built-engine.ts';
import { bytesUnder, type CaptureSite, openCaptureSite } from '../../engine/capture/capture-kit.ts';
import { temporaryFolder, wholeLog } from '../../engine/engine/engine-kit.ts';
import { canFail, failCalls } from '../capture/failing-calls.ts';
import { clientFolder, openHost, type Program, programs, python, startProgram, until } from './django-kit.ts';

const gunicorn = ['/usr/bin/gunicorn'].find((name) => existsSync(name));

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const start = (...words: readonly string[]): Program => {
  const program = startProgram(['-B', ...words]);
  closing.push(() => program.end());
  return program;
};

interface Answer {
  readonly ids: readonly string[];
  readonly kept: boolean;
  readonly waiting_entries: number;
  readonly waiting_files: number;
  readonly waiting_bytes: number;
  readonly sent: number;
  readonly dropped: number;
  readonly failed: number;
  readonly problem: string | null;
}

/** Tells the recorder something, and gives its answer; null when it was killed before it answered. */
const tell = async ({ child, line }: Program, word: string | number): Promise<Answer | null> => {
  child.stdin?.write(`${word}\n`);
  const said = await line();
  return said === undefined ? null : (JSON.parse(said) as Answer);
};
const told = async (program: Program, word: string | number): Promise<Answer> => {
  const answer = await tell(program, word);
  if (answer === null) throw new Error(`the program ended: ${program.log()}`);
  return answer;
};

const filesIn = (spool: string): readonly string[] => readdirSync(spool).filter((name) => name.endsWith('.ndjson'));
const idsIn = (spool: string): readonly string[] =>
  filesIn(spool).flatMap((name) =>
    readFileSync(path.join(spool, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { eventId: string }).eventId),
  );

/** What the ledger has of what the recorder recorded: each entry says its own id. */
const storedIds = async (site: CaptureSite): Promise<readonly string[]> => {
  const found: string[] = [];
  let after: string | null = null;
  do {
    const answer: Response = await fetch(
      `${site.url}/api/entries?sort=id&limit=1000&query=${encodeURIComponent('event:CREATE')}${after === null ? '' : `&after=${after}`}`,
      { headers: { authorization: `Bearer ${site.readToken}` } },
    );
    const page = (await answer.json()) as { entries: { detail: string }[]; next: string | null };
    found.push(...page.entries.map(({ detail }) => detail));
    after = page.next;
  } while (after !== null);
  return found;
};
const countAll = async (site: CaptureSite): Promise<number> =>
  (await site.admin.call('log.count', { view: wholeLog() })).count;

describe.skipIf(python === undefined)('what a Django program has recorded and not yet sent', () => {
  test('killed between writing and sending, again and again: what was on disk is stored, and nothing twice', async () => {
    const site = await openCaptureSite();
    const spool = path.join(temporaryFolder(), 'spool');
    const words = ['recorder.py', site.url, site.captureToken, spool, clientFolder];
    const kept: string[] = [];
    const recorded: string[] = [];
    for (let run = 0; run < 12; run += 1) {
      const program = start(...words);
      await program.line();
      setTimeout(() => program.child.kill('SIGKILL'), 20 + ((run * 53) % 300));
      for (let count = 1; ; count = (count % 40) + 7) {
        const answer = await tell(program, count);
        if (answer === null) break;
        expect([answer.kept, answer.dropped, answer.failed]).toEqual([true, 0, 0]);
        kept.push(...answer.ids);
        // These are on their way to the disk when it is killed: they may be lost, but not come twice.
        const more = await tell(program, 'leave 3');
        if (more === null) break;
        recorded.push(...more.ids);
      }
    }
    const last = start(...words);
    await last.line();
    await until(async () => (await told(last, 'status')).waiting_files === 0);
    const stored = await storedIds(site);
    expect(kept.length).toBeGreaterThan(100);
    expect(new Set(stored).size).toBe(stored.length);
    const there = new Set(stored);
    expect(kept.filter((id) => !there.has(id))).toEqual([]);
    const asked = new Set([...kept, ...recorded]);
    // What was recorded in the line that got no answer can be there, too.
    expect(stored.filter((id) => !asked.has(id)).length).toBeLessThan(12 * 47);
  });

  test('is written while an answer is waited for, so that a kill takes a moment’s entries and no more', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    closing.push(async () => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const spool = path.join(temporaryFolder(), 'spool');
    const program = start('recorder.py', `http://127.0.0.1:${port}`, 't', spool, clientFolder);
    await program.line();
    await told(program, 'leave 1');
    await until(() => sockets.length > 0);
    const { ids } = await told(program, 'leave 2');
    await until(() => filesIn(spool).length === 2);
    await program.end();
    expect(idsIn(spool)).toEqual(expect.arrayContaining([...ids]));
  });

  test('waits as long as a refusal asks, and is sent then', async () => {
    const asked: number[] = [];
    const inSeconds = (response: ServerResponse, status: number): void =>
      void response.writeHead(status, { 'retry-after': '1' }).end('{"error":{"code":"not_accepting"}}');
    const answers: readonly ((response: ServerResponse) => void)[] = [
      (response) => inSeconds(response, 503),
      (response) => inSeconds(response, 429),
      // A date has whole seconds: this one is one or two of them away.
      (response) =>
        void response.writeHead(503, { 'retry-after': new Date(Date.now() + 2000).toUTCString() }).end('busy'),
      (response) => void response.writeHead(201).end('{"stored":1,"duplicates":0,"ids":[1]}'),
    ];
    const server = createHttpServer((request, response) => {
      request.resume().once('end', () => {
        answers[Math.min(asked.length, answers.length - 1)]?.(response);
        asked.push(Date.now());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const spool = path.join(temporaryFolder(), 'spool');
    const program = start('recorder.py', `http://127.0.0.1:${port}`, 't', spool, clientFolder);
    await program.line();
    await told(program, 1);
    await until(async () => (await told(program, 'status')).waiting_files === 0);
    expect(await told(program, 'status')).toMatchObject({ sent: 1, dropped: 0, problem: null });
    const waits = asked.slice(1).map((at, place) => at - (asked[place] ?? 0));
    // Left to itself it tries again after a quarter, half, and a whole second, give or take.
    expect(waits.map((wait) => wait >= 990)).toEqual([true, true, true]);
    expect(asked.length).toBe(4);
  });

  test('has room up to its limit; what finds none is counted, and the rest arrives', async () => {
    const site = await openCaptureSite();
    const port = await freePort();
    const spool = path.join(temporaryFolder(), 'spool');
    const words = [`http://127.0.0.1:${port}`, site.captureToken, spool, clientFolder, '40000', '300'];
    const program = start('recorder.py', ...words);
    await program.line();
    expect(await told(program, 50)).toMatchObject({ kept: true, dropped: 0 });
    // What the disk has no room for stays in memory, up to 300.
    const full = await told(program, 1500);
    expect(full).toMatchObject({ kept: false, problem: 'the spool is full' });
    expect(full.dropped).toBeGreaterThan(500);
    expect(full.waiting_bytes).toBeLessThanOrEqual(40_000);
    expect(bytesUnder(spool).length).toBeLessThan(41_000);
    const host = await openHost(site, port);
    closing.push(() => host.close());
    await until(async () => {
      const { waiting_entries: inMemory, waiting_files: files } = await told(program, 'status');
      return inMemory === 0 && files === 0;
    });
    const end = await told(program, 'status');
    expect(end).toMatchObject({ dropped: full.dropped, failed: 0, problem: null });
    expect(await countAll(site)).toBe(1550 - full.dropped);
    expect(program.log().toString()).toContain('entries are being lost');
  });

  test.skipIf(!canFail)('stays in memory while the disk fails, and is written when it works again', async () => {
    const spool = path.join(temporaryFolder(), 'spool');
    const program = start('recorder.py', 'http://127.0.0.1:9', 't', spool, clientFolder);
    const { pid } = JSON.parse((await program.line()) ?? '{}') as { pid: number };
    const all: string[] = [...(await told(program, 3)).ids];
    for (const [calls, code] of [
      ['fsync', 'EIO'],
      ['rename,renameat,renameat2', 'ENOSPC'],
    ] as const) {
      const before = idsIn(spool).length;
      const failing = await failCalls(pid, calls, null, code);
      const answer = await told(program, 40);
      expect([answer.kept, answer.waiting_entries, answer.dropped, answer.problem === null], calls).toEqual([
        false,
        40,
        0,
        false,
      ]);
      expect(idsIn(spool).length).toBe(before);
      await failing.heal();
      all.push(...answer.ids);
      const healed = await told(program, 5);
      expect([healed.kept, healed.waiting_entries, healed.dropped], calls).toEqual([true, 0, 0]);
      all.push(...healed.ids);
    }
    await program.end();
    expect([...idsIn(spool)].sort()).toEqual(all.sort());
    expect(readdirSync(spool).filter((name) => name.endsWith('.draft'))).toEqual([]);
  });

  test('of a server that forks while its threads record: each process’s own, each once', async () => {
    const site = await openCaptureSite();
    const spool = path.join(temporaryFolder(), 'spool');
    const forks = start('forks.py', site.url, site.captureToken, spool, clientFolder);
    const count = Number(await forks.line());
    expect(count, String(forks.log())).toBe(1080);
    // It writes what it has left while it ends.
    expect(await forks.line()).toBeUndefined();
    const last = start('recorder.py', site.url, site.captureToken, spool, clientFolder);
    await last.line();
    await until(async () => (await told(last, 'status')).waiting_files === 0);
    expect(await countAll(site)).toBe(count);
  });

  test.skipIf(gunicorn === undefined)('of gunicorn’s workers, which share what was loaded before them', async () => {
    const site = await openCaptureSite();
    const spool = path.join(temporaryFolder(), 'spool');
    const port = await freePort();
    const program = startProgram(
      [
        '--preload',
        '--workers',
        '3',
        '--threads',
        '4',
        '--bind',
        `127.0.0.1:${port}`,
        '--log-level',
        'error',
        'prefork:application',
      ],
      {
        command: gunicorn ?? '',
        env: {
          ...{ BITACORA: site.url, TOKEN: site.captureToken, SPOOL: spool, CLIENT_FOLDER: clientFolder },
          ...{ PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: programs },
        },
      },
    );
    closing.push(() => program.end());
    const ask = (number: number): Promise<string> =>
      fetch(`http://127.0.0.1:${port}/${number}/`, { headers: { connection: 'close' } }).then((answer) =>
        answer.text(),
      );
    await until(() => ask(0).then(Boolean, () => false));
    // The first worker may have answered all of them before the next one listens.
    const answers: string[] = [];
    const workers = (): number => new Set(answers.map((answer) => answer.split(' ')[1])).size;
    while (workers() < 2) {
      const before = answers.length;
      answers.push(...(await Promise.all(Array.from({ length: 120 }, (_none, place) => ask(before + place + 1)))));
    }
    // One was recorded before the workers, one by the request that found out that somebody listens.
    const recorded = answers.length + 2;
    await until(async () => (await countAll(site)) >= recorded);
    program.child.kill('SIGTERM');
    await program.line();
    expect(await countAll(site)).toBe(recorded);
    expect(filesIn(spool)).toEqual([]);
    expect(String(program.log())).toBe('');
  });
});

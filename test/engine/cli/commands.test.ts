import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Entry } from '#shared/contract/entry.ts';
import { runCommand, startCommand } from './run-command.ts';

let folder: string;
let data: string;
let trail: string;
const rows = 40;

/** Five of them are deletions, and one holds what would steer a terminal. */
const line = (i: number): string =>
  JSON.stringify({
    id: i,
    evento: i % 8 === 0 ? 'DELETE' : 'UPDATE',
    registro_id: `PTE-2026-${i}`,
    campo: 'estatus',
    valor_anterior: i === 7 ? 'rojo\u001b[31m\u202e' : 'PENDIENTE',
    valor_actual: i === 9 ? 'uno, "dos"\ntres' : 'CERRADO',
    afectacion: 'PTE',
    tabla_log: 1,
    fecha: new Date(Date.UTC(2026, 2, 1, 10, i)).toISOString(),
    usuario_id: 3,
    usuario: 'tomas.avila3',
    detalle: '',
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitacora-cli-'));
  data = join(folder, 'data');
  trail = join(folder, 'trail.ndjson');
  const lines = Array.from({ length: rows }, (_, i) => line(i + 1));
  await writeFile(trail, `${lines.join('\n')}\nno es JSON\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bitacora = (...words: string[]) => runCommand([...words, '--data', data]);

describe('import and query', () => {
  it('says what was read, stored, repeated and rejected, and stores nothing twice', async () => {
    const first = await bitacora('import', trail, '--json');
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^\{"read":41,"stored":40,"duplicates":0,"rejected":1,"rejectsFile":".+"\}\n$/);
    expect(first.stderr).toBe('');
    const { rejectsFile } = JSON.parse(first.stdout) as { rejectsFile: string };
    expect(await readFile(rejectsFile, 'utf8')).toContain('no es JSON');

    const again = await bitacora('import', trail, trail, '--json');
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ read: 82, stored: 0, duplicates: 80, rejected: 2 });

    const told = await bitacora('import', trail, '--lang', 'es');
    expect(told.code).toBe(0);
    expect(told.stdout).toBe('');
    expect(told.stderr).toMatch(/^trail\.ndjson: 41 leídos, 0 guardados, 40 repetidos, 1 rechazados\.\nLas líneas/);
  });

  it('counts', async () => {
    expect(await bitacora('query', 'evento:DELETE', '--count', '--json')).toEqual({
      code: 0,
      stdout: '{"count":5}\n',
      stderr: '',
    });
    expect((await bitacora('query', '-evento:DELETE', '--count')).stdout).toBe('35\n');
    expect((await bitacora('query', 'usuario:tomas.avila3', 'evento:UPDATE', '--count')).stdout).toBe('35\n');
    expect((await bitacora('query', '', '--count')).stdout).toBe('40\n');
    expect((await bitacora('query', 'hasta:2026-03-01T06:10', '--count', '--zone', 'America/New_York')).stdout).toBe(
      '40\n',
    );
  });

  it('prints a table for people, whose lines fit and can’t steer the terminal', async () => {
    const table = await bitacora('query', '', '--sort', 'id', '--limit', '8', '--zone', 'UTC');
    expect(table.code).toBe(0);
    const lines = table.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(9);
    expect(lines[0]).toMatch(/^ID +Date +Event +Module +User +Record ID/);
    expect(lines[1]).toMatch(/^1 +2026-03-01 10:01:00 +UPDATE/);
    expect(Math.max(...lines.map((text) => text.length))).toBeLessThanOrEqual(160);
    expect(table.stdout).not.toMatch(/\p{Cc}(?<!\n)|\u202e/u);
    expect(table.stderr).toBe('8 of 40 · times in UTC\n');
    const spanish = await runCommand(['query', 'nada-de-esto', '--data', data], { env: { LC_ALL: 'es_MX.UTF-8' } });
    expect(spanish).toEqual({ code: 0, stdout: '', stderr: 'Ningún registro coincide.\n' });
  });

  it('prints entries whole for machines: one object, a line each, or CSV', async () => {
    const one = await bitacora('query', 'registro:PTE-2026-7', '--json');
    const { rows: found, next, total } = JSON.parse(one.stdout) as { rows: Entry[]; next: unknown; total: unknown };
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ recordId: 'PTE-2026-7', oldValue: 'rojo\u001b[31m\u202e', newValue: 'CERRADO' });
    expect([next, total]).toEqual([null, { atLeast: 1, exact: true }]);
    expect(one.stdout).not.toContain('\u202e');

    const ndjson = await bitacora('query', '', '--format', 'ndjson', '--sort', 'id');
    const entries = ndjson.stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as Entry);
    expect(entries.map(({ id }) => id)).toEqual(Array.from({ length: rows }, (_, i) => i + 1));

    const csv = await bitacora('query', 'registro:PTE-2026-9', '--format', 'csv');
    expect(csv.stdout).toMatch(/^id,eventId,occurredAt,.+,extra\r\n9,/);
    expect(csv.stdout).toContain(',"uno, ""dos""\ntres",');
  });

  it('goes on where it ended, and sorts as asked', async () => {
    const first = JSON.parse((await bitacora('query', '', '--json', '--limit', '3', '--sort', '-id')).stdout) as {
      rows: Entry[];
      next: string;
    };
    expect(first.rows.map(({ id }) => id)).toEqual([40, 39, 38]);
    const second = JSON.parse(
      (await bitacora('query', '', '--json', '--limit', '3', '--sort', '-id', '--after', first.next)).stdout,
    ) as { rows: Entry[] };
    expect(second.rows.map(({ id }) => id)).toEqual([37, 36, 35]);
    const other = await bitacora('query', 'CERRADO', '--json', '--after', first.next);
    expect(other.code).toBe(2);
  });

  it('what one wrote as CSV, the other reads: the same entries', async () => {
    const { stdout } = await bitacora('query', '', '--format', 'csv', '--sort', 'id');
    const copy = join(folder, 'copy.csv');
    await writeFile(copy, stdout);
    const { stdout: result } = await bitacora('import', copy, '--json');
    expect(JSON.parse(result)).toMatchObject({ read: rows, stored: 0, duplicates: rows, rejected: 0 });
  });

  it('an answer that nobody reads to its end is no error', async () => {
    const { child, ended, firstLine } = startCommand(['query', '', '--format', 'ndjson', '--data', data]);
    await firstLine;
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('wrong use is one sentence and 2', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['no command', ['nothing'], 'There is no command “nothing”.'],
    ['no option', ['query', '', '--nothing'], 'There is no option --nothing.'],
    ['no value', ['serve', '--port'], 'The option --port lacks its value.'],
    ['no argument', ['import'], 'The argument <files> is missing.'],
    ['bad number', ['query', '', '--limit', '0'], '--limit does not take “0”.'],
    ['bad choice', ['query', '', '--format', 'xml'], '--format does not take “xml”; it takes: table, ndjson, csv.'],
    ['bad zone', ['query', '', '--zone', 'Mars/Base'], 'There is no time zone “Mars/Base”.'],
    ['unreadable query', ['query', 'id:x'], 'The query can’t be read at character 4:'],
    ['missing ledger', ['query', '', '--data', '/nowhere/at/all'], 'There is no ledger in “/nowhere/at/all/'],
    ['missing map', ['import', 'x', '--map', '/nowhere.json'], 'The file “/nowhere.json” can’t be found.'],
    ['bad port', ['serve', '--port', '65536'], '--port does not take “65536”.'],
    [
      'bad role',
      ['account', 'create', 'x', '--role', 'king'],
      '--role does not take “king”; it takes: admin, auditor.',
    ],
    ['bad language', ['query', '', '--lang', 'fr'], '--lang does not take “fr”; it takes: es, en.'],
  ];
  it.each(cases)('%s', async (_what, words, sentence) => {
    const { code, stdout, stderr } = await runCommand(words);
    expect(stderr.slice(0, sentence.length)).toBe(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('a file that is not there, or is no trail, and leaves what is stored alone', async () => {
    const missing = await bitacora('import', join(folder, 'missing.csv'));
    expect(missing).toMatchObject({ code: 2, stderr: `The file “${join(folder, 'missing.csv')}” can’t be found.\n` });
    const binary = join(folder, 'binary.ndjson');
    await writeFile(binary, Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)));
    const { code, stderr } = await bitacora('import', binary);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect((await bitacora('query', '', '--count')).stdout).toBe('40\n');
  });

  it('help is in both languages, and is no error', async () => {
    const spanish = await runCommand(['import', '--help', '--lang', 'es']);
    expect(spanish).toMatchObject({ code: 0, stderr: '' });
    expect(spanish.stdout).toMatch(/^Uso: bitacora import \[opciones\] <files\.\.\.>/);
    expect(spanish.stdout).not.toMatch(/Options|Arguments|default/);
    expect((await runCommand(['--help'])).stdout).toMatch(/^Usage: bitacora \[options\] \[command\]/);
    expect((await runCommand(['--help'])).stdout).not.toContain('serve-engine');
  });
});

describe('Ctrl+C', () => {
  it('ends an import cleanly: says what is stored, and the next one goes on from there', async () => {
    const own = join(folder, 'interrupted');
    const many = join(folder, 'many.ndjson');
    const lines = 60_000;
    await writeFile(many, Array.from({ length: lines }, (_, i) => `${line(i + 1)}\n`).join(''));
    const { child, ended } = startCommand(['import', many, '--json', '--data', own]);
    const count = async (): Promise<number> => {
      const { stdout } = await runCommand(['query', '', '--count', '--data', own]);
      return Number(stdout);
    };
    while ((await count()) === 0 && child.exitCode === null);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    const stored = await count();
    if (stored === lines && stdout !== '') {
      // It was faster than we were: only the wait for the indexes could still be cancelled, and the result is told.
      expect([0, 1]).toContain(code);
      expect(JSON.parse(stdout)).toMatchObject({ stored: lines });
      return;
    }
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^(It|The wait) was cancelled: .+\n$/);
    expect(stored).toBeGreaterThan(0);
    const again = JSON.parse((await runCommand(['import', many, '--json', '--data', own])).stdout) as {
      stored: number;
    };
    expect(again.stored).toBe(lines - stored);
    expect(await count()).toBe(lines);
  });
});

describe('accounts and the demo', () => {
  it('are made from standard input, listed without secrets, and are taken only once', async () => {
    const own = join(folder, 'accounts');
    const create = (login: string, input: string) =>
      runCommand(['account', 'create', login, '--role', 'auditor', '--name', 'Ana Ruiz', '--data', own], { input });
    expect(await create('ana', 'corta\n')).toMatchObject({
      code: 2,
      stderr: 'The password needs at least 10 characters.\n',
    });
    expect(await create('ana x', 'una frase larga\n')).toMatchObject({ code: 2 });
    await expect(readdir(own)).rejects.toThrow('ENOENT');
    expect(await create('ana', 'una frase larga\n')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'Account “ana” made (auditor).\n',
    });
    expect(await create('ANA', 'una frase larga\n')).toMatchObject({ code: 1 });
    const { stdout } = await runCommand(['account', 'list', '--json', '--data', own]);
    expect(JSON.parse(stdout)).toEqual({ accounts: [{ login: 'ana', name: 'Ana Ruiz', role: 'auditor' }] });
  });

  it('the demo is the same for the same seed', async () => {
    const fingerprints = [];
    for (const name of ['demo-1', 'demo-2']) {
      const own = join(folder, name);
      const made = await runCommand(['demo', '--rows', '200', '--seed', '5', '--json', '--data', own]);
      expect(made).toEqual({ code: 0, stdout: '{"stored":200}\n', stderr: '' });
      const { stdout } = await runCommand(['query', '', '--format', 'ndjson', '--sort', 'id', '--data', own]);
      fingerprints.push(stdout.replaceAll(/"receivedAt":"[^"]+"/g, ''));
    }
    expect(fingerprints[0]).not.toBe('');
    expect(fingerprints[0]).toBe(fingerprints[1]);
  });
});

import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand, startCommand } from './run-command.ts';

const rows = 12_000;
let data: string;

beforeAll(async () => {
  data = await mkdtemp(path.join(tmpdir(), 'bitacora-reindex-'));
  expect((await runCommand(['demo', '--rows', String(rows), '--data', data])).code).toBe(0);
});
afterAll(() => rm(data, { recursive: true, force: true }));

const bitacora = (...words: string[]) => runCommand([...words, '--data', data]);
const indexFiles = (): readonly string[] =>
  readdirSync(path.join(data, 'index'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
const kindOf = (file: string): string => path.relative(path.join(data, 'index'), file).split(path.sep)[1] ?? '';

/** Ids and totals of what a person gets to see: a sort, and a sorted search. */
const answers = async (): Promise<readonly unknown[]> => {
  const asked = [
    ['query', '', '--sort', 'newValue', '--limit', '50', '--json'],
    ['query', '2023', '--sort', 'recordId', '--limit', '50', '--json'],
  ];
  const told: unknown[] = [];
  for (const words of asked) {
    const { code, stdout } = await bitacora(...words);
    expect(code).toBe(0);
    const { rows: found, total } = JSON.parse(stdout) as { rows: { id: number }[]; total: unknown };
    told.push(found.map(({ id }) => id).join(' '), total);
  }
  return told;
};

describe('reindex', { timeout: 180_000 }, () => {
  it('makes what is damaged or missing anew, and says what it came to', async () => {
    const right = await answers();
    const files = indexFiles();
    const sound = files.map((file) => readFileSync(file));
    expect(new Set(files.map(kindOf))).toContain('order');
    for (const [i, file] of files.entries()) {
      if (i % 3 === 0) rmSync(file);
      else if (i % 3 === 1) writeFileSync(file, readFileSync(file).fill(0x55, 10));
      else appendFileSync(file, 'x');
    }
    expect(await answers()).toEqual(right);

    const made = await bitacora('reindex', '--json');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const told = JSON.parse(made.stdout) as { entries: number; seconds: number; bytes: Record<string, number> };
    expect(told.entries).toBe(rows);
    expect(told.seconds).toBeGreaterThan(0);
    expect(indexFiles()).toEqual(files);
    expect(indexFiles().map((file) => readFileSync(file))).toEqual(sound);
    for (const kind of new Set(files.map(kindOf))) {
      const bytes = files.filter((file) => kindOf(file) === kind).reduce((sum, file) => sum + statSync(file).size, 0);
      expect(told.bytes[kind]).toBe(bytes);
    }
    expect(await answers()).toEqual(right);
  });

  it('says it to a person, in Spanish too', async () => {
    const made = await bitacora('reindex', '--lang', 'es');
    expect(made).toMatchObject({ code: 0, stdout: '' });
    expect(made.stderr).toMatch(/^Índices rehechos: 12,000 registros en [\d.]+ s; ocupan [\d.]+ MB\.\n$/);
  });

  it('cancelled in the middle it leaves a ledger that answers as before', async () => {
    const right = await answers();
    const { child, ended } = startCommand(['reindex', '--data', data]);
    // As soon as it has begun to remove what was there.
    const before = indexFiles();
    const gone = (): boolean => before.some((file) => !existsSync(file));
    while (!gone() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 1));
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    if (code !== 0) expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/cancelled/) });
    expect(await answers()).toEqual(right);
  });

  it('refuses a ledger that is open elsewhere, and one that is not there', async () => {
    const serving = startCommand(['serve', '--data', data]);
    await serving.firstLine;
    const refused = await bitacora('reindex');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^Another Bitácora has “.+” open\. [^\n]+\n$/);
    serving.child.kill('SIGTERM');
    await serving.ended;

    const nothing = await runCommand(['reindex', '--data', path.join(data, 'nothing')]);
    expect(nothing.code).toBe(2);
    expect(existsSync(path.join(data, 'nothing'))).toBe(false);
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { temporaryFolder } from './ledger-kit.ts';
import { seeded } from './small-trail.ts';

const rows = 100_000;
const rejected = 50;
const program = path.resolve(import.meta.dirname, '../../dist/main/cli.js');

const startImport = (folder: string, file: string): ChildProcess =>
  spawn(process.execPath, [program, 'import', file, '--data', folder, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LANG: 'en_US.UTF-8' },
  });

const entriesIn = (folder: string): number => {
  try {
    const db = new Database(path.join(folder, 'ledger.db'), { readonly: true, fileMustExist: true });
    try {
      return Number(db.prepare('SELECT coalesce(max(id), 0) FROM entry').pluck().get());
    } finally {
      db.close();
    }
  } catch {
    // Not made yet, or in the making.
    return 0;
  }
};

const delay = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('an import that is killed again and again stores every row once', { timeout: 240_000 }, async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'trail.ndjson');
  const line = (number: number): string =>
    number % (rows / rejected) === 7
      ? `{"broken ${number}`
      : JSON.stringify({
          id: number,
          date: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
          user: `user${number % 17}`,
          event: number % 3 === 0 ? 'CREATE' : 'UPDATE',
          object_id: number % 500,
          field: 'precio',
          new_value: `value ${number}`,
        });
  writeFileSync(file, `${Array.from({ length: rows }, (_, place) => line(place + 1)).join('\n')}\n`);
  const data = path.join(folder, 'data');
  const random = seeded(11);

  const kills: number[] = [];
  for (let round = 0; round < 5; round++) {
    const child = startImport(data, file);
    const ended = once(child, 'exit');
    // Killed at a point of its progress that chance chose, and then a moment more: anywhere in a batch.
    const target = entriesIn(data) + 1 + Math.floor(random() * (rows / 8));
    while (child.exitCode === null && entriesIn(data) < target) await delay(10);
    await delay(Math.floor(random() * 30));
    child.kill('SIGKILL');
    const [, signal] = (await ended) as [number | null, string | null];
    if (signal === 'SIGKILL') kills.push(entriesIn(data));
  }
  expect(kills.length).toBeGreaterThan(2);
  expect(kills).toEqual([...kills].sort((a, b) => a - b));
  expect(kills.at(0)).toBeLessThan(rows - rejected);

  const last = startImport(data, file);
  let output = '';
  last.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const [code] = (await once(last, 'exit')) as [number | null];
  expect(code).toBe(0);
  const result = JSON.parse(output) as Record<'read' | 'stored' | 'duplicates' | 'rejected', number>;
  expect(result.read).toBe(rows);
  expect(result.rejected).toBe(rejected);
  expect(result.stored + result.duplicates + result.rejected).toBe(rows);

  const db = new Database(path.join(data, 'ledger.db'), { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  const counts = db.prepare(
    'SELECT count(*), count(DISTINCT new_value), count(DISTINCT event_id), max(id), count(DISTINCT source_line) FROM entry',
  );
  const each = rows - rejected;
  expect(counts.raw().get()).toEqual([each, each, each, each, each]);
  expect(db.prepare('SELECT count(*) FROM import WHERE finished_at IS NULL').pluck().get()).toBe(0);
  db.close();

  // Once more: everything is known.
  const again = startImport(data, file);
  let second = '';
  again.stdout?.on('data', (chunk: Buffer) => {
    second += chunk.toString();
  });
  await once(again, 'exit');
  expect(JSON.parse(second)).toMatchObject({ read: rows, stored: 0, duplicates: each, rejected });
});

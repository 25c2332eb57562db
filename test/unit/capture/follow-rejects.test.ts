import { appendFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { type FollowReport, followLog } from '#main/capture/follow/follow-log.ts';
import { followOptionsSchema } from '#shared/contract/follow.ts';
import { createRedactor } from '#shared/redaction/redactor.ts';
import { MemoryLedger } from './memory-ledger.ts';

const junk = (number: number): string => `${number} is no entry`;
const entry = (detail: string): string => `${JSON.stringify({ timestamp: '2026-03-10T09:15:00Z', detail })}\n`;
// Several times what one file takes, however much comes in one piece.
const lines = 20_000;

test('a log of which most is no entry is not followed any further when its rejects are many, and nothing is lost', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bitacora-follow-'));
  const log = path.join(folder, 'audit.log');
  writeFileSync(log, entry('first'));
  const ledger = new MemoryLedger();
  const stop = new AbortController();
  const setup = {
    task: { id: 'one', path: log, options: followOptionsSchema.parse({}) },
    ledger,
    rejectsFolder: path.join(folder, 'rejects'),
    redactor: createRedactor({ keys: [], digest: () => new Uint8Array(8) }),
    signal: stop.signal,
    torn: new Map<string, string>(),
    mostRejectsBytes: 500_000,
  };
  const told: { last: FollowReport | null } = { last: null };
  const following = followLog(setup, (report) => {
    told.last = report;
  });
  const moved: string[] = [];
  try {
    await vi.waitFor(() => expect(ledger.entries.length).toBe(1), { timeout: 30_000 });
    appendFileSync(log, Array.from({ length: lines }, (_, i) => `${junk(i)}\n`).join('') + entry('last'));
    const full = async (): Promise<string> => {
      await vi.waitFor(() => expect(told.last?.error?.code).toBe('follow_rejects_full'), { timeout: 30_000 });
      return String(told.last?.error?.details.path);
    };
    const isDone = (): boolean => ledger.entries.length === 2;
    while (!isDone()) {
      const file = await Promise.race([full(), vi.waitFor(() => expect(isDone()).toBe(true), { timeout: 30_000 })]);
      if (typeof file !== 'string') break;
      expect(told.last).toMatchObject({ state: 'failed' });
      told.last = null;
      // Told once more by a look that had begun before the file was moved.
      if (!existsSync(file)) continue;
      moved.push(`${file}.${moved.length}`);
      renameSync(file, moved.at(-1) ?? '');
    }
    await vi.waitFor(() => expect(told.last).toMatchObject({ state: 'following', lag: 0, error: null }), {
      timeout: 30_000,
    });
    moved.push(told.last?.rejectsFile ?? '');
  } finally {
    stop.abort();
    await following;
  }
  expect(moved.length).toBeGreaterThan(2);
  const texts = moved.flatMap((file) =>
    file === ''
      ? []
      : readFileSync(file, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => (JSON.parse(line) as { text: string }).text),
  );
  expect(texts).toEqual(Array.from({ length: lines }, (_, i) => junk(i)));
  rmSync(folder, { recursive: true, force: true });
});

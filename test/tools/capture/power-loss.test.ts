import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openLedgerForWriting } from '#main/store/sqlite/open-ledger-file.ts';
import { temporaryFolder } from '../../engine/engine/engine-kit.ts';
import { type DiskEvent, readTrace, traceOptions } from './disk-trace.ts';

const strace = '/usr/bin/strace';
const here = (name: string): string => path.join(import.meta.dirname, name);
const child = here('../../engine/capture/capture-child.ts');
const senders = 4;
const requestsEach = 12;
const mostCuts = 100;
const sector = 512;

interface Recorded {
  readonly ledger: string;
  readonly before: ReadonlyMap<string, Buffer>;
  readonly events: readonly DiskEvent[];
  readonly sent: ReadonlySet<string>;
}

const startChild = async (command: string, args: readonly string[]) => {
  const running = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of running.stdout) {
    said += String(chunk);
    if (said.includes('\n')) break;
  }
  return { running, ...(JSON.parse(said) as { url: string; token: string; pid: number }) };
};

const filesOf = (ledger: string): ReadonlyMap<string, Buffer> =>
  new Map([ledger, `${ledger}-wal`].map((file) => [file, existsSync(file) ? readFileSync(file) : Buffer.alloc(0)]));

/** Captures under strace, and ends by being killed. */
const record = async (nodeOptions: readonly string[]): Promise<Recorded> => {
  const folder = temporaryFolder();
  const ledger = path.join(folder, 'data', 'ledger.db');
  const trace = path.join(folder, 'trace');
  const first = await startChild(process.execPath, ['--no-warnings', child, folder]);
  first.running.kill('SIGKILL');
  await once(first.running, 'exit');
  // Opened and closed, so that everything is in the ledger's own file.
  openLedgerForWriting(ledger).close();
  const before = filesOf(ledger);
  const node = [process.execPath, '--no-warnings', ...nodeOptions, child, folder];
  const { running, url, token, pid } = await startChild(strace, [...traceOptions, '-o', trace, ...node]);
  const sent = new Set<string>();
  const send = async (count: number): Promise<void> => {
    const entries = Array.from({ length: count }, () => ({ eventId: randomUUID(), detail: 'a word '.repeat(60) }));
    for (const { eventId } of entries) sent.add(eventId.replaceAll('-', ''));
    const answer = await fetch(`${url}/api/entries`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(entries),
    });
    expect(answer.status).toBe(201);
    await answer.text();
  };
  const sender = async (): Promise<void> => {
    for (let i = 0; i < requestsEach; i += 1) await send(i % 3 === 2 ? 40 : 1);
  };
  await Promise.all(Array.from({ length: senders }, sender));
  // Not strace, which would leave the engine running.
  process.kill(pid, 'SIGKILL');
  await once(running, 'exit');
  return { ledger, before, events: readTrace(trace), sent };
};

/** A number from 0 to 1, the same ones in every run. */
const createRandom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** A file's content after the events. */
const replayed = (content: Buffer, events: readonly DiskEvent[]): Buffer => {
  let length = content.length;
  let longest = length;
  for (const event of events) {
    if (event.kind === 'cut') length = event.length;
    if (event.kind === 'write') length = Math.max(length, event.at + event.bytes.length);
    longest = Math.max(longest, length);
  }
  const bytes = Buffer.alloc(longest);
  content.copy(bytes);
  for (const event of events) {
    if (event.kind === 'cut') bytes.fill(0, event.length);
    if (event.kind === 'write') event.bytes.copy(bytes, event.at);
  }
  return bytes.subarray(0, length);
};

/** Some sectors of a write. */
const torn = (event: DiskEvent, random: () => number): readonly DiskEvent[] => {
  if (event.kind !== 'write') return random() < 0.5 ? [event] : [];
  const parts: DiskEvent[] = [];
  for (let from = 0; from < event.bytes.length; from += sector) {
    if (random() < 0.5) parts.push({ ...event, at: event.at + from, bytes: event.bytes.subarray(from, from + sector) });
  }
  return parts;
};

interface Losses {
  readonly cuts: number;
  readonly lost: number;
  readonly faults: readonly string[];
}

/** Cuts the power at many places: what was not synced is gone, or some of it is there, in pieces. */
const cutPower = ({ ledger, before, events, sent }: Recorded): Losses => {
  const random = createRandom(7);
  const places = events.flatMap((event, place) => (event.kind === 'said' || before.has(event.file) ? [place] : []));
  const step = Math.max(1, Math.floor(places.length / mostCuts));
  const folder = temporaryFolder();
  const durable = new Map(before);
  let pending: DiskEvent[] = [];
  let promised = 0;
  const faults: string[] = [];
  let [cuts, lost] = [0, 0];
  for (const [order, place] of places.entries()) {
    const event = events[place] as DiskEvent;
    if (event.kind === 'said') {
      for (const [, ids = ''] of event.text.matchAll(/"ids":\[([\d,]+)\]/g)) {
        promised = Math.max(promised, ...ids.split(',').map(Number));
      }
    } else if (event.kind === 'sync') {
      const { file } = event;
      const synced = pending.filter((other) => other.kind !== 'said' && other.file === file);
      durable.set(file, replayed(durable.get(file) ?? Buffer.alloc(0), synced));
      pending = pending.filter((other) => !synced.includes(other));
    } else pending.push(event);
    if (order % step !== 0) continue;
    for (const keep of ['none', 'some'] as const) {
      const at = path.join(folder, `${order}-${keep}`);
      mkdirSync(at);
      for (const [file, content] of durable) {
        const mine = pending.filter((other) => other.kind !== 'said' && other.file === file);
        const kept = keep === 'none' ? [] : mine.flatMap((other) => torn(other, random));
        const bytes = replayed(content, kept);
        if (bytes.length > 0) writeFileSync(path.join(at, path.basename(file)), bytes);
      }
      cuts += 1;
      const db = openLedgerForWriting(path.join(at, path.basename(ledger)));
      const rows = db.prepare('SELECT id, lower(hex(event_id)) FROM entry ORDER BY id').raw().all() as [
        number,
        string,
      ][];
      const check = db.pragma('integrity_check', { simple: true });
      const captured = db.prepare('SELECT count(*) FROM captured').pluck().get();
      db.close();
      const whole =
        check === 'ok' &&
        captured === rows.length &&
        rows.every(([id, event_], i) => id === i + 1 && sent.has(event_)) &&
        new Set(rows.map(([, event_]) => event_)).size === rows.length;
      if (!whole) faults.push(`cut ${order}, ${keep}: ${check}, ${rows.length} rows, ${captured} captured`);
      // Ids have no gaps, so the newest that was answered says how many there must be.
      if (rows.length < promised) lost += 1;
    }
  }
  expect(promised).toBe(sent.size);
  return { cuts, lost, faults };
};

test.skipIf(!existsSync(strace))('no power loss takes what was acknowledged', { timeout: 300_000 }, async () => {
  const { cuts, lost, faults } = cutPower(await record([]));
  expect(cuts).toBeGreaterThan(100);
  expect(faults).toEqual([]);
  expect(lost).toBe(0);
});

test.skipIf(!existsSync(strace))(
  'with synchronous=NORMAL it would, and this is seen',
  { timeout: 300_000 },
  async () => {
    const { lost, faults } = cutPower(await record(['--import', here('lax-sync.mjs')]));
    expect(faults).toEqual([]);
    expect(lost).toBeGreaterThan(0);
  },
);

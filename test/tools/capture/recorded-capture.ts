import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { openLedgerForWriting } from '#main/store/sqlite/open-ledger-file.ts';
import { temporaryFolder } from '../../engine/engine/engine-kit.ts';
import { type DiskEvent, readTrace, traceOptions } from './disk-trace.ts';

export const strace = '/usr/bin/strace';
const child = path.join(import.meta.dirname, '../../engine/capture/capture-child.ts');
const senders = 4;

/** What an engine did to its ledger while programs sent to it, until it was killed. */
export interface Recorded {
  readonly ledger: string;
  /** The ledger's own file and its log, as they were and would survive: path → content. */
  readonly before: ReadonlyMap<string, Buffer>;
  readonly events: readonly DiskEvent[];
  /** What was acknowledged: id → event id, 32 hexadecimal digits. */
  readonly acknowledged: ReadonlyMap<number, string>;
}

/**
 * Sends so many requests from each of several senders, each after the answer to the one before: of one entry, and every
 * third of so many.
 */
export type Send = (requestsEach: number, entries: number) => Promise<void>;

const startChild = async (command: string, args: readonly string[]) => {
  const running = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of running.stdout) {
    said += String(chunk);
    if (said.includes('\n')) break;
  }
  return { running, ...(JSON.parse(said) as { url: string; token: string; pid: number }) };
};

const contentOf = (file: string): Buffer => (existsSync(file) ? readFileSync(file) : Buffer.alloc(0));

/** Captures under strace, and ends by being killed. */
export const recordCapture = async (
  nodeOptions: readonly string[],
  act: (send: Send, ledger: string) => Promise<void>,
): Promise<Recorded> => {
  const folder = temporaryFolder();
  const ledger = path.join(folder, 'data', 'ledger.db');
  const trace = path.join(folder, 'trace');
  const first = await startChild(process.execPath, ['--no-warnings', child, folder]);
  first.running.kill('SIGKILL');
  await once(first.running, 'exit');
  // Opened and closed, so that everything is in the ledger's own file.
  openLedgerForWriting(ledger).close();
  const before = new Map([ledger, `${ledger}-wal`].map((file) => [file, contentOf(file)]));
  const node = [process.execPath, '--no-warnings', ...nodeOptions, child, folder];
  const { running, url, token, pid } = await startChild(strace, [...traceOptions, '-o', trace, ...node]);
  const acknowledged = new Map<number, string>();
  const sendOne = async (count: number): Promise<void> => {
    const entries = Array.from({ length: count }, () => ({ eventId: randomUUID(), detail: 'a word '.repeat(60) }));
    const answer = await fetch(`${url}/api/entries`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(entries),
    });
    expect(answer.status).toBe(201);
    const { ids } = (await answer.json()) as { readonly ids: readonly number[] };
    for (const [place, { eventId }] of entries.entries()) {
      acknowledged.set(ids[place] ?? 0, eventId.replaceAll('-', ''));
    }
  };
  const send: Send = async (requestsEach, entries) => {
    const sender = async (): Promise<void> => {
      for (let i = 0; i < requestsEach; i += 1) await sendOne(i % 3 === 2 ? entries : 1);
    };
    await Promise.all(Array.from({ length: senders }, sender));
  };
  try {
    await act(send, ledger);
  } finally {
    // Not strace, which would leave the engine running.
    process.kill(pid, 'SIGKILL');
    await once(running, 'exit');
  }
  return { ledger, before, events: readTrace(trace), acknowledged };
};

/** What the log has before each page that is written to it, and the page, bytes. */
const frameBytes = 24 + 4096;
/** So many pages in the log make SQLite fold it into the ledger. */
export const fullLog = 2000;
const lookEveryMs = 20;
/** The engine folds the log after a third of a second in which nothing was written. */
const patienceMs = 3000;

/**
 * Sends until SQLite folds its full log into the ledger by itself, and on; then says nothing until the engine has folded
 * and cut the log because nothing else was to be done; and sends a little more.
 */
export const actThroughCheckpoints = async (send: Send, ledger: string): Promise<void> => {
  const logged = (): number => statSync(`${ledger}-wal`).size;
  const changedAt = (): number => statSync(ledger).mtimeMs;
  for (let before = changedAt(); logged() < fullLog * frameBytes || changedAt() === before; ) {
    if (logged() < fullLog * frameBytes) before = changedAt();
    await send(3, 150);
  }
  await send(6, 20);
  while (logged() > 0) {
    for (const until = Date.now() + patienceMs; logged() > 0 && Date.now() < until; ) await pause(lookEveryMs);
    // Somebody read from the log at that moment: the engine tries again after the next write.
    if (logged() > 0) await send(1, 1);
  }
  await send(6, 20);
};

/** A checkpoint of a recording: how many pages lay in the log when it began, and whether it ended with cutting the log. */
export interface Checkpoint {
  readonly pages: number;
  readonly cut: boolean;
}

export const checkpointsOf = ({ ledger, events }: Recorded): readonly Checkpoint[] => {
  const found: { readonly pages: number; cut: boolean }[] = [];
  let under: (typeof found)[number] | null = null;
  let logged = 0;
  for (const event of events) {
    if (event.kind === 'write' && event.file === ledger && under === null) {
      under = { pages: Math.floor(logged / frameBytes), cut: false };
      found.push(under);
    }
    if (event.kind === 'said' || event.file !== `${ledger}-wal`) continue;
    if (event.kind === 'cut' && under !== null && event.length === 0) under.cut = true;
    if (event.kind !== 'write') continue;
    under = null;
    // At its beginning a log begins anew.
    logged = event.at === 0 ? 0 : Math.max(logged, event.at + event.bytes.length);
  }
  return found;
};

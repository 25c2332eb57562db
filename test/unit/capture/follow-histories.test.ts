import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FollowSession } from '#main/capture/follow/follow-session.ts';
import type { ImportLedger } from '#main/store/import-ledger.ts';
import type { NewEntry } from '#main/store/new-entry.ts';
import { followOptionsSchema } from '#shared/contract/follow.ts';
import { createRedactor } from '#shared/redaction/redactor.ts';

/**
 * A ledger that keeps what it is given: entries by identity, and the checkpoint of the last batch, both or none of them.
 * `failing` counts down to a batch that is lost on the way, or stored though the answer is lost.
 */
const createMemoryLedger = () => {
  const stored = new Map<string, string>();
  let checkpoint = 'null';
  const fate = { next: null as { after: number; stored: boolean } | null };
  const ledger: ImportLedger = {
    beginImport: async () => ({ importId: 1, checkpoint: JSON.parse(checkpoint) }),
    prepare: (batch: readonly NewEntry[]) => async (mark) => {
      const { next } = fate;
      if (next !== null && next.after > 0) next.after -= 1;
      const fails = next !== null && next.after === 0;
      if (fails) fate.next = null;
      if (fails && !next.stored) throw new Error('killed before');
      const before = stored.size;
      for (const { eventId, detail } of batch) {
        const key = Buffer.from(eventId).toString('hex');
        if (!stored.has(key)) stored.set(key, detail ?? '');
      }
      checkpoint = JSON.stringify(mark.checkpoint);
      if (fails) throw new Error('killed after');
      return { stored: stored.size - before, duplicates: batch.length - (stored.size - before) };
    },
    finishImport: async () => undefined,
  };
  return { ledger, stored, fate };
};

type Step =
  | { readonly kind: 'write'; readonly lines: number; readonly again: boolean; readonly cut: number }
  | { readonly kind: 'rename' | 'copytruncate' | 'gzip' | 'look' | 'restart' }
  | { readonly kind: 'die'; readonly after: number; readonly stored: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      lines: fc.integer({ min: 1, max: 6 }),
      again: fc.boolean(),
      cut: fc.integer({ min: 0, max: 40 }),
    }),
  },
  { weight: 3, arbitrary: fc.constantFrom(...(['rename', 'copytruncate', 'gzip'] as const)).map((kind) => ({ kind })) },
  { weight: 4, arbitrary: fc.constantFrom(...(['look', 'restart'] as const)).map((kind) => ({ kind })) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('die' as const),
      after: fc.integer({ min: 1, max: 2 }),
      stored: fc.boolean(),
    }),
  },
);

/** How many histories are tried: some here, as many as one likes by hand. */
const histories = Number(process.env.BITACORA_HISTORIES ?? '60');

const keptFiles = 60;

/** A program that logs, in the steps of a history; what it said, as often as it said it. */
const createProgram = (log: string) => {
  const said: string[] = [];
  let pending = '';
  let tick = 0;
  /** Different lines of the log as it is, and of the file that was put aside last. */
  const distinct = new Set<string>();
  let distinctBefore = 0;
  const lineOf = (detail: string, at: number): string =>
    `${JSON.stringify({ timestamp: new Date(Date.UTC(2026, 2, 1) + at).toISOString(), detail })}\n`;
  const shift = (): void => {
    for (let age = keptFiles; age >= 1; age -= 1) {
      for (const suffix of ['', '.gz']) {
        if (existsSync(`${log}.${age}${suffix}`)) renameSync(`${log}.${age}${suffix}`, `${log}.${age + 1}${suffix}`);
      }
    }
  };
  const write = (lines: number, again: boolean, cut: number): void => {
    for (let line = 0; line < lines; line += 1) {
      // Alike to the one before, in the same moment: across a rotation too, unless the file that was put aside would be
      // nothing but that line: nobody could tell it from a copy that is being made.
      const isAgain = again && line === 0 && said.length > 0 && (distinct.size > 1 || distinctBefore > 1);
      if (!isAgain) tick += 1;
      const detail = isAgain ? (said.at(-1) ?? '') : `line ${tick}`;
      said.push(detail);
      distinct.add(detail);
      pending += lineOf(detail, tick);
    }
    // The end of the last line comes with the next step.
    const kept = Math.min(cut, pending.length - 1);
    appendFileSync(log, pending.slice(0, pending.length - kept));
    pending = pending.slice(pending.length - kept);
  };
  const finishLine = (): void => {
    if (pending !== '') appendFileSync(log, pending);
    pending = '';
  };
  const rotate = (kind: 'rename' | 'copytruncate' | 'gzip'): void => {
    finishLine();
    if (!existsSync(log)) return;
    distinctBefore = distinct.size;
    distinct.clear();
    shift();
    if (kind === 'copytruncate') {
      copyFileSync(log, `${log}.1`);
      truncateSync(log, 0);
      return;
    }
    renameSync(log, `${log}.1`);
    if (kind === 'rename') return;
    writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(`${log}.1`)));
    rmSync(`${log}.1`);
  };
  return { said, write, finishLine, rotate };
};

test(
  'whatever happens to a log and to who follows it: each line once, in its place',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (history) => {
        const folder = mkdtempSync(path.join(tmpdir(), 'bitacora-follow-'));
        const log = path.join(folder, 'audit.log');
        const { ledger, stored, fate } = createMemoryLedger();
        const setup = {
          task: { id: 'one', path: log, options: followOptionsSchema.parse({}) },
          ledger,
          rejectsFolder: path.join(folder, 'rejects'),
          redactor: createRedactor({ keys: [], digest: () => new Uint8Array(8) }),
          signal: new AbortController().signal,
          torn: new Map<string, string>(),
        };
        const begin = () => FollowSession.open(setup, () => undefined);
        let session = await begin();
        const restart = async (): Promise<void> => {
          await session.close();
          session = await begin();
        };
        const look = async (): Promise<void> => {
          try {
            for (let more = true; more; ) more = await session.look();
          } catch (error) {
            if (!(error instanceof Error) || !/killed|^$/.test(error.message)) throw error;
            await restart();
          }
        };
        const program = createProgram(log);
        try {
          for (const what of history) {
            switch (what.kind) {
              case 'write':
                program.write(what.lines, what.again, what.cut);
                break;
              case 'look':
                await look();
                break;
              case 'restart':
                await restart();
                break;
              case 'die':
                fate.next = { after: what.after, stored: what.stored };
                break;
              default:
                program.rotate(what.kind);
            }
          }
          program.finishLine();
          await look();
          await look();
          expect([...stored.values()].sort()).toEqual([...program.said].sort());
          expect(session.found).toMatchObject({ gaps: 0, rejectsFile: null, lag: 0 });
        } finally {
          await session.close();
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: histories },
    );
  },
  60_000 + histories * 200,
);

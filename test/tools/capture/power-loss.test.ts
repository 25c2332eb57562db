import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cutPower } from './cut-power.ts';
import { actThroughCheckpoints, checkpointsOf, fullLog, recordCapture, strace } from './recorded-capture.ts';

/** At how many places the power is cut, each twice; and which places. */
const cuts = Number(process.env.BITACORA_POWER_CUTS ?? 50);
const seed = Number(process.env.BITACORA_POWER_SEED ?? 7);
/** So few are enough to see a loss. */
const fewCuts = 24;

const laxSync = pathToFileURL(path.join(import.meta.dirname, 'lax-sync.mjs'));
const withSync = (level: 'NORMAL' | 'OFF'): readonly string[] => ['--import', `${laxSync}?${level}`];

describe.skipIf(!existsSync(strace))('a power loss', { timeout: 300_000 }, () => {
  test('takes nothing that was acknowledged, also in a checkpoint', { timeout: 60_000 + 1000 * cuts }, async () => {
    const recorded = await recordCapture([], actThroughCheckpoints);
    const checkpoints = checkpointsOf(recorded);
    // SQLite's own, as its log is full, and the engine's, as nothing else is to be done.
    expect(checkpoints.some(({ pages, cut }) => pages >= fullLog && !cut)).toBe(true);
    expect(checkpoints.some(({ cut }) => cut)).toBe(true);
    expect(cutPower(recorded, cuts, seed)).toEqual({ cuts: 2 * cuts, lost: 0, faults: [] });
  });

  test('would with synchronous=NORMAL, and this is seen', async () => {
    const recorded = await recordCapture(withSync('NORMAL'), actThroughCheckpoints);
    const { lost, faults } = cutPower(recorded, fewCuts, seed);
    expect(faults).toEqual([]);
    expect(lost).toBeGreaterThan(0);
  });

  test('would break the ledger when a checkpoint does not wait for the disk, and this is seen', async () => {
    const recorded = await recordCapture(withSync('OFF'), actThroughCheckpoints);
    const { lost, faults } = cutPower(recorded, fewCuts, seed);
    expect(lost).toBeGreaterThan(0);
    expect(faults.length).toBeGreaterThan(0);
  });
});

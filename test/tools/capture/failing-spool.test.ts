import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../engine/engine/engine-kit.ts';
import { canFail, failCalls } from './failing-calls.ts';

/** Which calls fail, on any file or on the folder itself, and how. */
const faults = [
  ['fsync', 'any', 'EIO'],
  ['fsync', 'any', 'ENOSPC'],
  ['fsync', 'folder', 'EIO'],
  ['rename,renameat,renameat2', 'any', 'EIO'],
  ['rename,renameat,renameat2', 'any', 'ENOSPC'],
] as const;

test.skipIf(!canFail)(
  'a program’s queue whose disk fails says what it could not keep, keeps the rest, and heals',
  { timeout: 120_000 },
  async () => {
    const folder = path.join(temporaryFolder(), 'spool');
    const program = spawn(
      process.execPath,
      ['--no-warnings', path.join(import.meta.dirname, 'spool-program.ts'), folder],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
    const pid = Number((await lines.next()).value);
    const kept: string[] = [];
    let lost = 0;
    const keep = async (count: number): Promise<boolean> => {
      program.stdin.write(`${count}\n`);
      const told = JSON.parse(String((await lines.next()).value)) as { kept: boolean; ids: string[]; dropped: number };
      if (told.kept) kept.push(...told.ids);
      else lost += told.ids.length;
      expect(told.dropped).toBe(lost);
      return told.kept;
    };
    try {
      expect(await keep(3)).toBe(true);
      for (const [calls, where, code] of faults) {
        const failing = await failCalls(pid, calls, where === 'folder' ? folder : null, code);
        expect([await keep(1), await keep(50)], `${calls} ${code}`).toEqual([false, false]);
        const failed = failing.failed();
        await failing.heal();
        expect(failed, `${calls} ${code}`).toBeGreaterThan(1);
        expect([await keep(1), await keep(50)], `after ${calls} ${code}`).toEqual([true, true]);
      }
    } finally {
      program.kill('SIGKILL');
      await once(program, 'exit');
    }
    const names = readdirSync(folder).filter((name) => name !== 'redaction.key');
    // Nothing half-made stays.
    expect(names.filter((name) => !name.endsWith('.ndjson'))).toEqual([]);
    const there = names
      .sort()
      .flatMap((name) => readFileSync(path.join(folder, name), 'utf8').trimEnd().split('\n'))
      .map((line) => (JSON.parse(line) as { eventId: string }).eventId);
    expect(there.sort()).toEqual(kept.sort());
  },
);

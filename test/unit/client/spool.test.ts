import type * as BlockingFileSystem from 'node:fs';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type * as FileSystem from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openSpool } from '#client/spool.ts';
import { linesOf } from './lines-of.ts';

const faults = vi.hoisted(() => ({ folderSync: null as Error | null }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FileSystem>();
  const open: typeof real.open = async (file, flags, mode) => {
    const handle = await real.open(file, flags, mode);
    const { folderSync } = faults;
    if (flags === 'r' && folderSync !== null) handle.sync = () => Promise.reject(folderSync);
    return handle;
  };
  return { ...real, open };
});
vi.mock('node:fs', async (original) => {
  const real = await original<typeof BlockingFileSystem>();
  const fsyncSync: typeof real.fsyncSync = (handle) => {
    if (faults.folderSync !== null) throw faults.folderSync;
    real.fsyncSync(handle);
  };
  return { ...real, fsyncSync };
});

const folders: string[] = [];
afterEach(() => {
  faults.folderSync = null;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
const newFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bitacora-spool-'));
  folders.push(folder);
  return folder;
};

const ways = [
  ['by calls that wait for nothing', false],
  ['by calls that hold up the thread', true],
] as const;

test.each(ways)(
  'what the folder could not be synced for does not count as kept, and the next write heals: %s',
  async (_way, mayBlock) => {
    const folder = newFolder();
    const spool = openSpool({ folder, mostBytes: 10_000, sync: true, mayBlock });
    expect(await spool.write(linesOf('{"a":1}'))).toBe(0);
    faults.folderSync = Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
    expect(await spool.write(linesOf('{"a":2}', '{"a":3}'))).toBe(2);
    expect(spool.state()).toEqual({ files: 1, bytes: 8 });
    expect(readdirSync(folder)).toHaveLength(1);
    faults.folderSync = null;
    expect(await spool.write(linesOf('{"a":4}'))).toBe(0);
    expect(spool.state()).toEqual({ files: 2, bytes: 16 });
    // What is there is what was kept.
    expect((await spool.oldest())?.body.toString()).toBe('{"a":1}\n');
  },
);

test.each(ways)('where nothing is synced, the folder is not either: %s', async (_way, mayBlock) => {
  const spool = openSpool({ folder: newFolder(), mostBytes: 10_000, sync: false, mayBlock });
  faults.folderSync = new Error('never asked for');
  expect(await spool.write(linesOf('{"a":1}'))).toBe(0);
});

test.each(ways)(
  'lines beyond the room that there is are counted; those before them are kept: %s',
  async (_way, mayBlock) => {
    const spool = openSpool({ folder: newFolder(), mostBytes: 20, sync: true, mayBlock });
    expect(await spool.write(linesOf('{"a":1}', '{"a":2}', '{"a":3}'))).toBe(1);
    expect(spool.state()).toEqual({ files: 1, bytes: 16 });
    expect((await spool.oldest())?.entries).toBe(2);
    expect(await spool.write(linesOf('{"a":"ñ"}'))).toBe(1);
  },
);

test('what is still in memory and what must be read again is the same, in the order in which it came', async () => {
  const folder = newFolder();
  const spool = openSpool({ folder, mostBytes: 100_000_000, sync: false });
  // More than memory keeps of them.
  const lines = Array.from({ length: 8 }, (_none, place) => JSON.stringify({ place, text: 'ñ'.repeat(700_000) }));
  for (const line of lines) expect(await spool.write(linesOf(line, '{}'))).toBe(0);
  const again = openSpool({ folder, mostBytes: 100_000_000, sync: false });
  for (const line of lines) {
    const file = await spool.oldest();
    expect(file?.body.toString()).toBe(`${line}\n{}\n`);
    expect(file?.entries).toBe(2);
    expect(await again.oldest()).toEqual(file);
    for (const one of [spool, again]) await one.remove(file?.name ?? '');
  }
  expect(await spool.oldest()).toBeNull();
  expect(spool.state()).toEqual({ files: 0, bytes: 0 });
  // What memory had is free again.
  await spool.write(linesOf('{"a":1}'));
  expect((await spool.oldest())?.body.toString()).toBe('{"a":1}\n');
});

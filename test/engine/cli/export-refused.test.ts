import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { program, runCommand } from './run-command.ts';

const isRoot = process.getuid?.() === 0;
const succeeds = (command: string, ...words: readonly string[]): boolean => spawnSync(command, words).status === 0;

/** Who is root may write anywhere: without these two rights it is asked like everybody. */
const asOthers = isRoot ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--'] : [];
const canBeRefused = process.platform !== 'win32' && (!isRoot || succeeds('setpriv', ...asOthers.slice(1), 'true'));

let folder: string;
let data: string;
let canMount = false;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitacora-refused-'));
  data = join(folder, 'data');
  await runCommand(['demo', '--rows', '2000', '--data', data]);
  await mkdir(join(folder, 'try'));
  canMount = isRoot && succeeds('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', join(folder, 'try'));
  if (canMount) execFileSync('umount', [join(folder, 'try')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const mount = (...words: readonly string[]): void => {
  execFileSync('mount', [...words]);
  onTestFinished(() => void execFileSync('umount', [words.at(-1) ?? '']));
};

const refusals = {
  es: (to: string, reason: string) =>
    `No se puede escribir «${to}»: ${reason}. Elija otro lugar u otro nombre; no ha quedado nada a medias.\n`,
  en: (to: string, reason: string) =>
    `“${to}” can’t be written: ${reason}. Choose another place or name; nothing was left half-done.\n`,
} as const;

const exported = (to: string, language: 'es' | 'en', before: readonly string[] = []) => {
  const words = ['--no-warnings', program, 'export', '--to', to, '--lang', language, '--data', data];
  const [command = process.execPath, ...rest] = [...before, process.execPath, ...words];
  const { status, stdout, stderr } = spawnSync(command, rest, { encoding: 'utf8' });
  return [status, stdout, stderr];
};

describe('an export is refused in one sentence, and leaves nothing', { timeout: 120_000 }, () => {
  it.skipIf(!canBeRefused)('where there is no right to write', async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o500 });
    onTestFinished(() => chmod(closed, 0o700));
    const to = join(closed, 'a.xlsx');
    expect(exported(to, 'es', asOthers)).toEqual([2, '', refusals.es(to, 'no hay permiso')]);
    expect(exported(to, 'en', asOthers)).toEqual([2, '', refusals.en(to, 'there is no permission')]);
    expect(await readdir(closed)).toEqual([]);
  });

  it('on a disk that is full, that can only be read, or whose file another program holds', async ({ skip }) => {
    if (!canMount) skip('only who may mount disks can try this');
    const disk = join(folder, 'disk');
    await mkdir(disk);
    mount('-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', disk);
    const much = join(disk, 'much.csv');
    const [status, , sentence] = exported(much, 'es');
    expect([status, sentence]).toEqual([
      1,
      expect.stringMatching(
        /^El disco se llenó al exportar «.+much\.csv»; no ha quedado ningún archivo a medias[^\n]+\n$/,
      ),
    ]);
    expect(await readdir(disk)).toEqual([]);

    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const to = join(disk, 'a.csv');
    expect(exported(to, 'es')).toEqual([2, '', refusals.es(to, 'el disco es de solo lectura')]);

    // What Windows says of a workbook that Excel shows, Linux says of a file on which another one is mounted.
    const held = join(folder, 'held.csv');
    await writeFile(held, 'what was there');
    mount('--bind', held, held);
    expect(exported(held, 'es')).toEqual([2, '', refusals.es(held, 'otro programa lo tiene abierto')]);
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
  });
});

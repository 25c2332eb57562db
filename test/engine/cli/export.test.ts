import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, program, runCommand, startCommand } from './run-command.ts';

let folder: string;
let data: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitacora-export-'));
  data = join(folder, 'data');
  await runCommand(['demo', '--rows', '3000', '--data', data]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const exported = (...words: string[]) => runCommand(['export', ...words, '--data', data]);
const left = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name !== 'data').sort();

/** The same under a limit for the size of files: what a full disk does, without one. */
const exportedUnderLimit = (to: string, kilobytes: number): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const script = `trap '' XFSZ; ulimit -f ${kilobytes * 2}; exec "$@"`;
    const child = spawn(
      'sh',
      ['-c', script, 'sh', process.execPath, '--no-warnings', program, 'export', '--to', to, '--data', data],
      { env: { ...process.env, LC_ALL: 'en_US.UTF-8' } },
    );
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout: '', stderr }));
  });

describe('export', () => {
  it('writes the whole filtered set and says what it holds', async () => {
    const to = join(folder, 'updates.csv');
    const counted = await runCommand(['query', 'evento:UPDATE', '--count', '--data', data]);
    const { code, stdout, stderr } = await exported('evento:UPDATE', '--to', to, '--columns', 'id,event', '--no-bom');
    expect(stderr).toMatch(
      /updates\.csv {2}SHA-256 [0-9a-f]{64}\n.+completeness\.json\n[\d,]+ entries exported, from /,
    );
    expect([code, stdout]).toEqual([0, '']);
    const lines = (await readFile(to, 'utf8')).split('\r\n');
    expect(lines[0]).toBe('id,event');
    expect(lines.length - 2).toBe(Number(counted.stdout));
    expect(new Set(lines.slice(1, -1).map((line) => line.split(',')[1]))).toEqual(new Set(['UPDATE']));
  });

  it('answers machines in JSON, and takes conditions that exclude', async () => {
    const to = join(folder, 'others.ndjson');
    const { code, stdout } = await exported('-evento:UPDATE,EXPORT', '--to', to, '--sort', 'id', '--json');
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    const ids = (await readFile(to, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id as number);
    expect(result).toMatchObject({ rows: ids.length, firstId: ids[0], lastId: ids.at(-1) });
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });

  it('ends with 2 and one sentence for what is asked wrongly', async () => {
    const wrong: readonly (readonly [string, ...string[]])[] = [
      ['The extension of “a.docx” says no format', '--to', 'a.docx'],
      ['--columns does not take “nada”', '--to', 'a.csv', '--columns', 'nada'],
      ['There is no time zone “Luna”', '--to', 'a.csv', '--zone', 'Luna'],
      ['can’t be written: the folder does not exist', '--to', join(folder, 'no', 'a.csv')],
      ['The query can’t be read at character 4', 'id:x', '--to', 'a.csv'],
    ];
    for (const [sentence, ...words] of wrong) {
      const { code, stderr, stdout } = await exported(...words);
      expect(stderr).toContain(sentence);
      expect([code, stdout, stderr.trimEnd().split('\n').length]).toEqual([2, '', 1]);
    }
  });

  it.skipIf(process.platform === 'win32')('on a full disk leaves nothing and says so', async () => {
    const before = await left();
    const { code, stderr } = await exportedUnderLimit(join(folder, 'much.ndjson'), 256);
    expect(stderr).toMatch(/^The disk became full while exporting “.+much\.ndjson”; no half-made file was left/);
    expect(code).toBe(1);
    expect(await left()).toEqual(before);
  });

  it('killed half-way leaves what the next one who opens the ledger takes away', async () => {
    const before = await left();
    const { child, ended } = startCommand(['export', '--to', join(folder, 'killed.ndjson'), '--data', data]);
    await expect.poll(left, { interval: 2, timeout: 20_000 }).not.toEqual(before);
    child.kill('SIGKILL');
    await ended;
    expect(await left()).toEqual([expect.stringMatching(/^\.bitacora-[0-9a-f]{12}\.partial$/), ...before]);
    // Somebody else's, by its name and by the note that names it.
    const other = join(folder, 'mine.partial');
    await writeFile(other, 'x');
    await writeFile(join(data, 'exports', '0123456789ab.json'), JSON.stringify({ path: other }));
    await runCommand(['account', 'list', '--data', data]);
    expect(await left()).toEqual([...before, 'mine.partial'].sort());
    expect(await readdir(join(data, 'exports'))).toEqual([]);
    await rm(other);
  });

  it('cancelled half-way leaves nothing', async () => {
    const before = await left();
    const { child, ended } = startCommand(['export', '--to', join(folder, 'half.ndjson'), '--data', data]);
    // The second signal would end it at once.
    let told = false;
    const looking = setInterval(async () => {
      const begun = (await left()).some((name) => name.endsWith('.partial'));
      if (begun && !told) child.kill('SIGINT');
      told ||= begun;
    }, 5);
    const { code, stderr } = await ended;
    clearInterval(looking);
    expect([code, stderr]).toEqual([1, 'It was cancelled.\n']);
    expect(await left()).toEqual(before);
  });
});

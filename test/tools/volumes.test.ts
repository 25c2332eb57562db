import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../engine/cli/run-command.ts';

const rows = 100_000;

let folder: string;
let data: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitacora-volumes-'));
  data = join(folder, 'data');
  await runCommand(['demo', '--rows', String(rows), '--data', data]);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (command: string, ...words: readonly string[]): string =>
  execFileSync(command, words, { encoding: 'utf8', maxBuffer: 2 ** 28 });
const exported = (name: string) =>
  runCommand(['export', `id:<=${rows}`, '--to', join(folder, name), '--columns', 'id,event', '--data', data]);
const pdfs = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name !== 'data').sort();

describe('a PDF in volumes', { timeout: 240_000 }, () => {
  it('replaces no file that nobody agreed to replace, and says so before it is written', async () => {
    await writeFile(join(folder, 'a (2).pdf'), 'of somebody');
    const { code, stdout, stderr } = await exported('a.pdf');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^The document takes several files, and one of them would replace “.+a \(2\)\.pdf”[^\n]+\n$/,
    );
    expect(await pdfs()).toEqual(['a (2).pdf']);
    expect(await readFile(join(folder, 'a (2).pdf'), 'utf8')).toBe('of somebody');
  });

  it('has every entry once, without a fault, as qpdf and poppler read it', async () => {
    expect((await exported('b.pdf')).code).toBe(0);
    const files = ['b.pdf', 'b (2).pdf', 'b (3).pdf'].map((name) => join(folder, name));
    const ids: number[] = [];
    for (const file of files) {
      expect(run('qpdf', '--check', file)).toContain('No syntax or stream encoding errors found');
      const text = run('pdftotext', '-layout', file, '-');
      for (const [, id] of text.matchAll(/^ *(\d+) +[A-Z_]+$/gm)) ids.push(Number(id));
    }
    expect(ids).toEqual(Array.from({ length: rows }, (_none, place) => rows - place));
  });
});

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readEntryIds } from '#main/export/pdf/read-marks.ts';
import type { OutputOf } from '#shared/contract/procedures.ts';
import { median, spreadOf } from './measures.ts';
import { type BenchReport, type Figure, tellStep } from './report.ts';
import { runNode } from './run-node.ts';
import type { Trail } from './trail.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const fewRows = 10_000;
const manyRows = 100_000;
const speedGoal = 1.5;
const growthGoal = 11;
const memoryGoal = 600;
const megabyte = 1e6;

/** What a person sees of the log: the columns of the grid. */
const columns = 'id,occurredAt,actor,event,module,target,recordId,field,oldValue,newValue,detail';

interface CommandRun {
  readonly wall: number;
  readonly peakBytes: number;
  readonly result: OutputOf<'export.run'>;
}

/** `bitacora export` from its start to its end: counting, writing, reading back, and the entry that says so. */
const exportByCommand = async (dataFolder: string, rows: number, target: string): Promise<CommandRun> => {
  const usage = ['--import', new URL('tell-usage.mjs', import.meta.url).href];
  const built = existsSync(here('../dist/main/cli.js'));
  const command = built ? here('../resources/bin/bitacora.cjs') : here('../src-main/cli/main.ts');
  const words = ['export', `id:<=${rows}`, '--to', target, '--columns', columns, '--data', dataFolder, '--json'];
  const began = performance.now();
  const { stdout, stderr } = await runNode([...usage, command, ...words]);
  const wall = performance.now() - began;
  const told = /usage (\{.*\})\s*$/.exec(stderr)?.[1];
  if (told === undefined) throw new Error('the command did not tell what it used');
  const { peakBytes } = JSON.parse(told) as { peakBytes: number };
  return { wall, peakBytes, result: JSON.parse(stdout) as OutputOf<'export.run'> };
};

/** `export-pdf`: a PDF of 10,000 and of 100,000 entries against jsPDF and autotable used plainly, and its growth. */
export const measureExportPdf = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  const { dataFolder, entries } = await trail.dataFolder();
  const folder = await trail.folder();
  const few = Math.min(fewRows, entries);
  const many = Math.min(manyRows, entries);
  const table = path.join(folder, 'few.csv');
  await exportByCommand(dataFolder, few, table);
  const runs = { few: [] as CommandRun[], many: [] as CommandRun[] };
  const plain: { wall: number; rows: number; pages: number }[] = [];
  const differences: string[] = [];
  const note = (run: CommandRun, rows: number): CommandRun => {
    if (run.result.rows !== rows) differences.push(`${run.result.rows} of ${rows} entries`);
    return run;
  };
  for (let round = 0; round < rounds; round++) {
    tellStep(`export-pdf: round ${round + 1} of ${rounds}`);
    const plainly = async (): Promise<void> => {
      const { stdout } = await runNode([here('plain-pdf-child.ts'), table, path.join(folder, 'plain.pdf')]);
      plain.push(JSON.parse(stdout) as { wall: number; rows: number; pages: number });
    };
    // Each goes first in turn.
    if (round % 2 === 1) await plainly();
    runs.few.push(note(await exportByCommand(dataFolder, few, path.join(folder, 'few.pdf')), few));
    if (round % 2 === 0) await plainly();
    runs.many.push(note(await exportByCommand(dataFolder, many, path.join(folder, `many-${round}.pdf`)), many));
  }
  const ids = readEntryIds(await readFile(path.join(folder, 'few.pdf')));
  if (ids.length !== few || new Set(ids).size !== few) differences.push(`${new Set(ids).size} different ids of ${few}`);
  const walls = (of: readonly { readonly wall: number }[]) => of.map(({ wall }) => wall);
  const ratio = median(walls(plain)) / median(walls(runs.few));
  const growth = median(walls(runs.many)) / median(walls(runs.few));
  const peak = runs.many.map(({ peakBytes }) => peakBytes / megabyte);
  const bytes = (run: CommandRun | undefined): number =>
    (run?.result.files ?? []).reduce((sum, file) => sum + file.bytes, 0) / megabyte;
  const figures: Figure[] = [
    {
      what: `${few.toLocaleString('en-US')} entries`,
      unit: 'ms',
      ours: spreadOf(walls(runs.few)),
      bare: spreadOf(walls(plain)),
      ratio,
      required: `≥ ${speedGoal} × as fast`,
      reached: ratio >= speedGoal,
    },
    {
      what: `${many.toLocaleString('en-US')} entries, against ${few.toLocaleString('en-US')}`,
      unit: 'ms',
      ours: spreadOf(walls(runs.many)),
      bare: spreadOf(walls(runs.few)),
      ratio: growth,
      required: `≤ ${growthGoal} × the time`,
      reached: growth <= growthGoal,
    },
    {
      what: `memory at its highest, ${many.toLocaleString('en-US')} entries`,
      unit: 'MB',
      ours: spreadOf(peak),
      bare: null,
      ratio: null,
      required: `< ${memoryGoal} MB`,
      reached: Math.max(...peak) < memoryGoal,
    },
  ];
  return {
    bench: 'export-pdf',
    did: { entries, rounds, columns: columns.split(',').length },
    figures,
    differences,
    notes: [
      'ours: `bitacora export` as a process of its own, from its start to its end, read back and compared; bare: only from rows in memory to the file, with a built-in font that has no Greek, Cyrillic or CJK',
      `${bytes(runs.few[0]).toFixed(1)} MB and ${bytes(runs.many[0]).toFixed(1)} MB in ${runs.many[0]?.result.files.length} files; plainly ${plain[0]?.pages} pages for ${plain[0]?.rows} entries`,
    ],
    skipped: null,
  };
};

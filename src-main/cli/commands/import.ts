import { basename, resolve } from 'node:path';
import { withEngine } from '#main/cli/engine-here.ts';
import { exitCodes } from '#main/cli/exit-code.ts';
import { inWrittenOrder } from '#main/cli/rotated-sets.ts';
import type { Command, Run } from '#main/cli/run.ts';
import { readChoice, readJsonFile, readZone, usageError } from '#main/cli/usage.ts';
import { waitForIndexes } from '#main/cli/wait-for-indexes.ts';
import { isCancelled } from '#shared/contract/errors.ts';
import {
  dateOrders,
  type ImportOptions,
  type ImportProgress,
  type ImportResult,
  importEncodings,
  importFormats,
  importMapSchema,
} from '#shared/contract/import.ts';
import { rejectSentence } from '#shared/contract/reject-reasons.ts';
import type { EngineClient } from '#shared/rpc/typed-client.ts';

interface ImportWords {
  readonly files: readonly string[];
  readonly map?: string;
  readonly users?: string;
  readonly source?: string;
  readonly format?: string;
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly dateOrder?: string;
  readonly zone?: string;
}

const delimiters = { comma: ',', semicolon: ';', tab: '\t', ',': ',', ';': ';', '\t': '\t' } as const;
const delimiterWords = ['comma', 'semicolon', 'tab', ',', ';', '\t'] as const;

const readOptions = async ({ say }: Run, words: ImportWords): Promise<ImportOptions> => {
  let map: ImportOptions['map'] = {};
  if (words.map !== undefined) {
    const read = importMapSchema.safeParse(await readJsonFile(say, '--map', words.map));
    if (!read.success) {
      const field = read.error.issues[0]?.path.map(String).join('.') ?? '';
      const reason = say('unknownTarget', { field });
      throw usageError(say('badJsonFile', { path: words.map, option: '--map', reason }));
    }
    map = read.data;
  }
  const choose = <T extends string>(option: string, value: string | undefined, choices: readonly T[]): T | null =>
    value === undefined ? null : readChoice(say, option, value, choices);
  const delimiter = choose('--delimiter', words.delimiter, delimiterWords);
  return {
    map,
    source: words.source ?? null,
    format: choose('--format', words.format, importFormats),
    encoding: choose('--encoding', words.encoding, importEncodings),
    delimiter: delimiter === null ? null : delimiters[delimiter],
    dateOrder: choose('--date-order', words.dateOrder, dateOrders),
    zone: words.zone === undefined ? 'UTC' : readZone(say, words.zone),
  };
};

const progressLine = ({ say, terminal }: Run, file: string, progress: ImportProgress): string => {
  const { stored, bytes, totalBytes, rowsPerSecond, remainingSeconds } = progress;
  const seconds = remainingSeconds === null ? null : Math.round(remainingSeconds);
  const time = seconds === null ? '' : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return say('importProgress', {
    file,
    percent: totalBytes === 0 ? 100 : Math.floor((100 * bytes) / totalBytes),
    stored: terminal.number(stored),
    rate: terminal.number(Math.round(rowsPerSecond)),
    remaining: time === '' ? '' : say('remainingTime', { time }),
  });
};

/** What one file came to; `cancelled` when it was left half-way, with what is stored. */
type Outcome = ImportResult | { readonly cancelled: true; readonly stored: number };

const importFile = async (
  run: Run,
  engine: EngineClient,
  path: string,
  how: { readonly options: ImportOptions; readonly users: string | undefined },
): Promise<Outcome> => {
  const { terminal, signal } = run;
  const grantOf = (file: string) => engine.call('file.grant', { path: resolve(file) }, { signal });
  // A grant is good for one use: each file gets its own of the users too.
  const users = how.users === undefined ? null : (await grantOf(how.users)).grant;
  const { grant, name } = await grantOf(path);
  let stored = 0;
  try {
    return await engine.call(
      'import.run',
      { grant, options: how.options, users },
      {
        signal,
        onProgress: (progress) => {
          ({ stored } = progress);
          terminal.progress(() => progressLine(run, name, progress));
        },
      },
    );
  } catch (error) {
    if (!isCancelled(error)) throw error;
    return { cancelled: true, stored };
  }
};

const report = ({ say, terminal, json }: Run, path: string, result: ImportResult): void => {
  const file = basename(path);
  const { number } = terminal;
  if (!json) {
    const { read, stored, duplicates, rejected } = result;
    terminal.note(
      say('importDone', {
        file,
        read: number(read),
        stored: number(stored),
        duplicates: number(duplicates),
        rejected: number(rejected),
      }),
    );
    if (result.rejectsFile !== null) terminal.note(say('rejectsAt', { path: result.rejectsFile }));
  }
  if (result.warning !== null) {
    const reason = rejectSentence(result.warning.reason, result.warning.details, terminal.language);
    terminal.note(say('importWarning', { file, reason }));
  }
};

/** One result for several files: what they came to together. */
const summary = (results: readonly ImportResult[]): Readonly<Record<string, unknown>> => {
  const sum = (key: 'read' | 'stored' | 'duplicates' | 'rejected'): number =>
    results.reduce((total, result) => total + result[key], 0);
  const rejectsFiles = results.flatMap(({ rejectsFile }) => rejectsFile ?? []);
  const warning = results.find((result) => result.warning !== null)?.warning;
  return {
    read: sum('read'),
    stored: sum('stored'),
    duplicates: sum('duplicates'),
    rejected: sum('rejected'),
    ...(rejectsFiles.length > 0 ? { rejectsFile: rejectsFiles.length === 1 ? rejectsFiles[0] : rejectsFiles } : {}),
    ...(warning ? { warning } : {}),
  };
};

export const importCommand: Command<ImportWords> = async (run, words) => {
  const { terminal, say, dataFolder, version, json } = run;
  const options = await readOptions(run, words);
  return withEngine({ dataFolder, demo: false, version, access: 'write' }, 'may be missing', async (engine) => {
    const results: ImportResult[] = [];
    for (const path of inWrittenOrder(words.files)) {
      const outcome = await importFile(run, engine, path, { options, users: words.users });
      if ('cancelled' in outcome) {
        const stored = results.reduce((total, result) => total + result.stored, outcome.stored);
        terminal.note(say('importCancelled', { stored: terminal.number(stored) }));
        return exitCodes.failed;
      }
      terminal.clearProgress();
      report(run, path, outcome);
      results.push(outcome);
    }
    const indexed = await waitForIndexes(run, engine);
    if (!indexed) terminal.note(say('indexLater'));
    if (json) await terminal.print(`${JSON.stringify(summary(results))}\n`);
    return indexed && results.every(({ warning }) => warning === null) ? exitCodes.done : exitCodes.failed;
  });
};

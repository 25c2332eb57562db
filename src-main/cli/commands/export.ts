import path from 'node:path';
import { exitCodes } from '#main/cli/exit-code.ts';
import type { Command, Run } from '#main/cli/run.ts';
import { withRunningEngine } from '#main/cli/running-engine.ts';
import { readChoice, readZone, usageError } from '#main/cli/usage.ts';
import {
  type ExportFormat,
  type ExportProgress,
  exportColumns,
  exportFormats,
  orientations,
  pageLayouts,
  paperSizes,
} from '#shared/contract/export.ts';
import type { InputOf } from '#shared/contract/procedures.ts';
import { parseSort } from '#shared/contract/view-text.ts';
import { parseQuery } from '#shared/query/parse.ts';

interface ExportWords {
  readonly query: string;
  readonly to: string;
  readonly sort: string;
  readonly columns?: string;
  readonly zone?: string;
  readonly ignoreAccents?: boolean;
  readonly delimiter: string;
  /** False for `--no-bom` and `--no-guard`. */
  readonly bom: boolean;
  readonly guard: boolean;
  readonly paper: string;
  readonly orientation: string;
  readonly layout: string;
}

const delimiters = { comma: ',', semicolon: ';', ',': ',', ';': ';' } as const;

const formatOf = ({ say }: Run, file: string): ExportFormat => {
  const extension = path.extname(file).slice(1).toLowerCase();
  const format = exportFormats.find((known) => known === extension);
  if (format === undefined) {
    throw usageError(say('badExportName', { file, choices: exportFormats.map((known) => `.${known}`).join(', ') }));
  }
  return format;
};

const readRequest = (run: Run, words: ExportWords): InputOf<'export.run'>['request'] => {
  const { say, terminal } = run;
  const zone =
    words.zone === undefined ? new Intl.DateTimeFormat().resolvedOptions().timeZone : readZone(say, words.zone);
  const delimiter = readChoice(say, '--delimiter', words.delimiter, ['comma', 'semicolon', ',', ';'] as const);
  return {
    view: {
      query: parseQuery(words.query),
      sort: parseSort(words.sort),
      reading: { zone, ignoreAccents: words.ignoreAccents === true },
      newestId: null,
      now: null,
    },
    format: formatOf(run, words.to),
    columns: words.columns?.split(',').map((name) => readChoice(say, '--columns', name.trim(), exportColumns)) ?? null,
    zone,
    language: terminal.language,
    options: {
      csv: { delimiter: delimiters[delimiter], bom: words.bom, guard: words.guard },
      pdf: {
        paper: readChoice(say, '--paper', words.paper, paperSizes),
        orientation: readChoice(say, '--orientation', words.orientation, orientations),
        layout: readChoice(say, '--layout', words.layout, pageLayouts),
      },
    },
  };
};

const progressLine = ({ terminal, say }: Run, progress: ExportProgress): string => {
  const { phase, rows, totalRows, rowsPerSecond, remainingSeconds } = progress;
  if (phase === 'counting') return say('exportCounting');
  if (phase === 'checking') return say('exportChecking');
  const seconds = remainingSeconds === null ? null : Math.round(remainingSeconds);
  return say('exportProgress', {
    rows: terminal.number(rows),
    total: terminal.number(totalRows ?? 0),
    rate: terminal.number(rowsPerSecond),
    remaining:
      seconds === null
        ? ''
        : say('remainingTime', { time: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}` }),
  });
};

/** Writes the whole filtered set as a document, and says in figures what it holds. */
export const exportCommand: Command<ExportWords> = async (run, words) => {
  const { terminal, say, dataFolder, version, json, signal } = run;
  // Read before a ledger is opened: what can't be read needs none.
  const request = readRequest(run, words);
  const target = path.resolve(words.to);
  return withRunningEngine({ dataFolder, demo: false, version, access: 'write' }, 'must exist', async (engine) => {
    const { grant } = await engine.call('export.grant', { path: target }, { signal });
    const result = await engine.call(
      'export.run',
      { grant, request },
      { signal, onProgress: (progress) => terminal.progress(() => progressLine(run, progress)) },
    );
    terminal.clearProgress();
    if (json) await terminal.print(`${JSON.stringify(result)}\n`);
    else {
      const folder = path.dirname(target);
      for (const { name, sha256 } of result.files) {
        terminal.note(say('exportedFile', { path: path.join(folder, name), sha256 }));
      }
      if (result.sideFile) terminal.note(say('exportedSide', { path: path.join(folder, result.sideFile.name) }));
      terminal.note(
        result.rows === 0
          ? say('exportedNothing')
          : say('exportDone', {
              rows: terminal.number(result.rows),
              first: terminal.number(result.firstId ?? 0),
              last: terminal.number(result.lastId ?? 0),
            }),
      );
      if (result.shortened > 0) terminal.note(say('exportShortened', { count: terminal.number(result.shortened) }));
    }
    return exitCodes.done;
  });
};

import { createHash } from 'node:crypto';
import path from 'node:path';
import { entryLines } from '#main/store/entry-lines.ts';
import type { SqliteDatabase } from '#main/store/sqlite/database.ts';
import { readLedgerExtent } from '#main/store/sqlite/ledger-extent.ts';
import type { openWholeEntryReader } from '#main/store/sqlite/whole-entry-reader.ts';
import { BitacoraError, throwIfCancelled } from '#shared/contract/errors.ts';
import type { ExportColumn, ExportProgress } from '#shared/contract/export.ts';
import { entryColumns } from '#shared/contract/names.ts';
import type { View } from '#shared/contract/view.ts';
import { formatQuery } from '#shared/query/format.ts';
import type { ExportedEntry, ExportFacts, RowFigures } from './document.ts';
import { type EntryIds, type FrozenView, walkIds } from './entry-ids.ts';
import type { ExportOutcome, ExportTask } from './export-operations.ts';
import { createExportPace } from './export-pace.ts';
import { documentFormats } from './formats.ts';
import { hashFile } from './hash-file.ts';
import { PartialFile, requireFree, syncFolder } from './partial-file.ts';
import { sideFileName, sideFileText } from './side-file.ts';
import { createTextBytes } from './text-bytes.ts';

/** What an export reads from. */
export interface ExportSources {
  readonly db: SqliteDatabase;
  readonly entries: ReturnType<typeof openWholeEntryReader>;
  readonly ids: EntryIds;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ExportProgress) => void;
  /** Microseconds since 1970. */
  readonly clock: () => number;
}

/** Every document says which entries it holds. */
const columnsOf = (asked: readonly ExportColumn[] | null): readonly ExportColumn[] =>
  asked === null ? entryColumns : asked.includes('id') ? asked : ['id', ...asked];

/** Looks at the view for the first time, which freezes it, and finds out what a completeness sheet says of it. */
const readFacts = async (
  { request, ledger, operator, version }: ExportTask,
  { db, entries, ids, clock }: ExportSources,
): Promise<{ readonly facts: ExportFacts; readonly view: FrozenView }> => {
  const { language, zone } = request;
  const picked: View['query']['clauses'] =
    request.ids === null
      ? []
      : [
          {
            kind: 'number',
            key: 'id',
            exclude: false,
            tests: request.ids.map((value) => ({ op: '=' as const, value })),
          },
        ];
  const asked: View = { ...request.view, query: { clauses: [...request.view.query.clauses, ...picked] } };
  const endOf = (column: 'id' | 'occurredAt', descending: boolean, view: View) =>
    ids.ids({ ...view, sort: { column, descending } }, 0, 1);
  const lowest = await endOf('id', false, asked);
  const view: FrozenView = { ...asked, newestId: lowest.newestId, now: lowest.now };
  const highest = await endOf('id', true, view);
  const rows = await ids.count(view);
  const timeOf = async (descending: boolean): Promise<number | null> => {
    const found = await endOf('occurredAt', descending, view);
    for (const batch of entries.batchesOf(found.ids)) return batch[0]?.occurredAt ?? null;
    return null;
  };
  const from = await timeOf(false);
  const to = await timeOf(true);
  const { entries: ledgerEntries, missing, ledgerId, fingerprint } = readLedgerExtent(db, view.newestId);
  return {
    view,
    facts: {
      query: formatQuery(request.view.query, language),
      sort: `${view.sort.descending ? '-' : ''}${view.sort.column}`,
      ignoreAccents: view.reading.ignoreAccents,
      selected: request.ids !== null,
      zone,
      language,
      columns: columnsOf(request.columns),
      ledgerEntries,
      newestId: view.newestId,
      rows,
      firstId: lowest.ids[0] ?? null,
      lastId: highest.ids[0] ?? null,
      period: from === null || to === null ? null : { from, to },
      missing,
      ledgerFile: path.basename(ledger),
      ledgerId,
      fingerprint,
      operator,
      exportedAt: clock(),
      version,
    },
  };
};

const mismatch = (file: string, what: string): BitacoraError =>
  new BitacoraError('export_check_failed', { path: file, reason: what });

/** Volume 2 of `trail.pdf` is `trail (2).pdf`. */
const volumePath = (target: string, volume: number): string => {
  if (volume === 1) return target;
  const { dir, name, ext } = path.parse(target);
  return path.join(dir, `${name} (${volume})${ext}`);
};

/**
 * Writes a document: what it says of itself is found out first, then come the rows, then it is read back from the disk
 * and compared, and only then does it take its place. Whatever goes wrong before that leaves nothing behind.
 */
export const runExportTask = async (task: ExportTask, sources: ExportSources): Promise<ExportOutcome> => {
  const { request, target } = task;
  const { signal, entries, ids } = sources;
  const format = documentFormats[request.format];
  const pace = createExportPace(sources.onProgress);
  const partials: PartialFile[] = [];
  const begin = async (file: string, replaces = true): Promise<PartialFile> => {
    const partial = await PartialFile.begin(file, path.dirname(task.ledger), { replaces });
    partials.push(partial);
    return partial;
  };
  try {
    // Before anything is counted: where nothing can be written, nobody waits to hear it.
    const first = await begin(target);
    pace.begin('counting', null, 0);
    const { facts, view } = await readFacts(task, sources);
    throwIfCancelled(signal);
    // Somebody agreed to one name, not to those that follow from it: said before the work is done, where it can be known.
    for (let volume = 2; volume <= format.volumes(facts.rows); volume++) await requireFree(volumePath(target, volume));
    pace.begin('writing', facts.rows, 0);

    const contentHash = format.needsContentHash ? createHash('sha256') : null;
    const contentLine = entryLines();
    const content = createTextBytes();
    const read: { rows: number; firstRow: number | null; lastRow: number | null } = {
      rows: 0,
      firstRow: null,
      lastRow: null,
    };
    const batches = async function* (): AsyncGenerator<readonly ExportedEntry[]> {
      for await (const some of walkIds(ids, view)) {
        read.firstRow ??= some[0] ?? null;
        read.lastRow = some.at(-1) ?? null;
        for (const batch of entries.batchesOf(some)) {
          throwIfCancelled(signal);
          if (contentHash) {
            for (const entry of batch) content.add(contentLine(entry));
            contentHash.update(content.take());
          }
          yield batch;
          read.rows += batch.length;
          pace.wrote(read.rows, facts.rows);
        }
      }
    };
    let contentDigest: string | null = null;
    let volumes = 0;
    const nextFile = async (): Promise<PartialFile> => {
      volumes += 1;
      if (volumes === 1) return first;
      await partials.at(-1)?.finish();
      return begin(volumePath(target, volumes), false);
    };
    const written = await format.write(
      {
        batches: batches(),
        columns: facts.columns,
        facts,
        options: request.options,
        signal,
        contentHash: () => {
          if (contentHash === null || read.rows < facts.rows) throw new Error('the content has no hash yet');
          contentDigest ??= contentHash.digest('hex');
          return contentDigest;
        },
      },
      nextFile,
    );

    pace.begin('checking', facts.rows, facts.rows);
    const documents = [...partials];
    const files = [];
    for (const partial of documents) {
      const sha256 = await partial.finish();
      if ((await hashFile(partial.path, signal)) !== sha256) throw mismatch(target, 'SHA-256');
      files.push({ name: partial.name, bytes: partial.bytes, sha256 });
    }
    const readBack = await format.readBack(
      documents.map((partial) => partial.path),
      { columns: facts.columns, options: request.options, signal },
    );
    const agree = (figures: RowFigures): boolean =>
      figures.rows === facts.rows && figures.firstRow === read.firstRow && figures.lastRow === read.lastRow;
    if (!agree(written) || !agree(readBack)) throw mismatch(target, `${readBack.rows} / ${facts.rows}`);

    let sideFile: ExportOutcome['sideFile'] = null;
    if (!format.carriesFacts) {
      const side = await begin(sideFileName(target));
      await side.write(Buffer.from(sideFileText(facts, files)));
      sideFile = { name: side.name, sha256: await side.finish(), bytes: side.bytes };
    }
    throwIfCancelled(signal);
    for (const partial of partials) await partial.place();
    await syncFolder(path.dirname(target));
    return {
      rows: facts.rows,
      firstId: facts.firstId,
      lastId: facts.lastId,
      files,
      sideFile,
      shortened: written.shortened,
      query: facts.query,
      sort: facts.sort,
      newestId: facts.newestId,
    };
  } catch (error) {
    for (const partial of partials) await partial.discard();
    throw error;
  }
};

import { chunkRows, chunksOf, recordHash } from '#main/store/sqlite/columns/chunk.ts';
import type { Columns } from '#main/store/sqlite/columns/columns.ts';
import type { Dictionaries } from '#main/store/sqlite/dictionaries.ts';
import type { EntryReader } from '#main/store/sqlite/entry-reader.ts';
import { throwIfStopped } from '#main/store/sqlite/stop.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { RecordLife } from '#shared/contract/view.ts';
import { isoOf } from '#shared/text/zoned-time.ts';
import { entryRow } from './entry-rows.ts';

/** Characters of a value in the sentence about a change that nobody logged. */
const shownCharacters = 120;
const shown = (text: string): string =>
  text.length > shownCharacters ? `${text.slice(0, shownCharacters).toWellFormed()}…` : text;

/** The entries of the record that entry `id` belongs to (same module and identifier), around it, newest first. */
export const readRecordLife = (
  columns: Columns,
  dictionaries: Dictionaries,
  reader: EntryReader,
  newestId: number,
  asked: { readonly id: number; readonly limit: number },
  shouldStop: () => boolean,
): RecordLife => {
  if (asked.id > newestId) throw new BitacoraError('entry_not_found', { id: asked.id });
  dictionaries.refresh();
  const own = reader.cellsOf(asked.id - 1);
  const { recordId } = own;
  if (recordId === null) throw new BitacoraError('not_found', { what: 'recordId' });
  const hash = recordHash(recordId);
  const rows: number[] = [];
  const lives = new Map<number, { readonly time: number; readonly field: number | null }>();
  for (let number = 0; number < chunksOf(newestId); number++) {
    throwIfStopped(shouldStop);
    const chunk = columns.chunk(number, newestId);
    const possible = chunk.recordRows(hash);
    for (let i = 0; i < possible.length; i++) {
      const row = number * chunkRows + (possible[i] as number);
      if (row >= newestId) break;
      if ((i & 255) === 255) throwIfStopped(shouldStop);
      const cells = reader.cellsOf(row);
      // Other identifiers may have the same hash: `a-7` has that of `A-7`, and some have it by chance.
      if (cells.recordId !== recordId || cells.module !== own.module) continue;
      rows.push(row);
      lives.set(row, { time: cells.occurredAt, field: cells.field });
    }
  }
  const timeOf = (row: number): number => lives.get(row)?.time ?? 0;
  rows.sort((a, b) => timeOf(b) - timeOf(a) || b - a);
  const middle = rows.indexOf(asked.id - 1);
  const from = Math.max(0, Math.min(middle - Math.floor(asked.limit / 2), rows.length - asked.limit));
  const window = rows.slice(from, from + asked.limit);

  /** The entry of the same field before the one at `place`, if any. */
  const previousOfField = (place: number): number | null => {
    const field = lives.get(rows[place] as number)?.field ?? null;
    if (field === null) return null;
    for (let older = place + 1; older < rows.length; older++) {
      if (lives.get(rows[older] as number)?.field === field) return rows[older] as number;
    }
    return null;
  };

  const steps = window.map((row, i) => {
    throwIfStopped(shouldStop);
    const cells = reader.cellsOf(row);
    const older = previousOfField(from + i);
    const before = older === null ? null : reader.cellsOf(older);
    const broken = before !== null && before.newValue !== cells.oldValue;
    return {
      row: entryRow(cells, dictionaries, [], true),
      unloggedChange: broken
        ? {
            sinceId: before.id,
            since: isoOf(before.occurredAt),
            from: shown(before.newValue ?? '∅'),
            to: shown(cells.oldValue ?? '∅'),
          }
        : null,
    };
  });
  return {
    recordId,
    module: own.module === null ? null : (dictionaries.module[own.module] ?? null),
    steps,
    total: rows.length,
  };
};

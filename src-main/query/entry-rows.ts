import type { Dictionaries } from '#main/store/sqlite/dictionaries.ts';
import type { RowCells } from '#main/store/sqlite/entry-cells.ts';
import type { EntryRow, Excerpt } from '#shared/contract/entry.ts';
import type { QueryValue } from '#shared/contract/query.ts';
import { fold } from '#shared/text/fold.ts';
import { isoOf } from '#shared/text/zoned-time.ts';

/** Characters of a long value that the grid gets, and how many of them stand before the first hit. */
const excerptLength = 240;
const excerptLead = 40;

/** A piece of `text` that shows its first hit. */
export const excerptOf = (text: string, words: readonly QueryValue[], ignoreAccents: boolean): Excerpt => {
  if (text.length <= excerptLength) return { text, before: false, after: false };
  let hit = 0;
  for (const word of words) {
    // Folding may shift offsets by a few characters in some scripts; the lead leaves room for that.
    const at = fold(text, ignoreAccents).indexOf(fold(word.text, ignoreAccents));
    if (at >= 0) {
      hit = at;
      break;
    }
  }
  const start = hit < excerptLength - excerptLead ? 0 : Math.max(0, hit - excerptLead);
  const piece = text.slice(start, start + excerptLength);
  return { text: piece.toWellFormed(), before: start > 0, after: start + piece.length < text.length };
};

export const entryRow = (
  cells: RowCells,
  dictionaries: Dictionaries,
  words: readonly QueryValue[],
  ignoreAccents: boolean,
): EntryRow => {
  const excerpt = (text: string | null): Excerpt | null =>
    text === null ? null : excerptOf(text, words, ignoreAccents);
  const named = (names: readonly string[], code: number | null): string | null =>
    code === null ? null : (names[code] ?? null);
  return {
    id: cells.id,
    occurredAt: isoOf(cells.occurredAt),
    event: named(dictionaries.event, cells.event),
    module: cells.module === null ? null : (dictionaries.module[cells.module] ?? null),
    actor: cells.actor === null ? null : (dictionaries.actor[cells.actor] ?? null),
    recordId: cells.recordId,
    target: named(dictionaries.target, cells.target),
    field: named(dictionaries.field, cells.field),
    oldValue: excerpt(cells.oldValue),
    newValue: excerpt(cells.newValue),
    detail: excerpt(cells.detail),
    action: excerpt(cells.action),
    status: cells.status,
    source: named(dictionaries.source, cells.source),
  };
};

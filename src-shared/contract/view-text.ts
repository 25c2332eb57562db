import { z } from 'zod';
import { type Sort, type SortColumn, sortColumns } from '#shared/contract/entry.ts';
import { BitacoraError } from '#shared/contract/errors.ts';

const isSortColumn = (name: string): name is SortColumn => (sortColumns as readonly string[]).includes(name);

/** A sort as people write it: `occurredAt` ascending, `-occurredAt` descending. Throws `invalid`. */
export const parseSort = (text: string): Sort => {
  const descending = text.startsWith('-');
  const column = descending ? text.slice(1) : text;
  if (!isSortColumn(column)) throw new BitacoraError('invalid', { fields: 'sort', allowed: sortColumns.join(', ') });
  return { column, descending };
};

const bookmarkSchema = z.object({
  newestId: z.number().int().nonnegative(),
  now: z.string().max(40),
  after: z.string().max(100_000),
  of: z.number(),
});

/** Where a listing goes on, with the frozen look that it began with. */
interface Bookmark {
  readonly newestId: number;
  readonly now: string;
  /** The engine's own cursor. */
  readonly after: string;
}

/** FNV-1a, 32 bits: enough to notice that a bookmark belongs to another question. It guards against mistakes only. */
const checksum = (text: string): number => {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return sum >>> 0;
};

/** `btoa` takes no more than one byte a character. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[^\0-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The opaque `next` of a listing of `question`. Only letters, digits, `-` and `_`. */
export const writeBookmark = ({ newestId, now, after }: Bookmark, question: string): string =>
  btoa(asciiJson({ newestId, now, after, of: checksum(question) }))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** Reads an opaque `next`. Throws `invalid` when it is none, or belongs to another question. */
export const readBookmark = (text: string, question: string): Bookmark => {
  let bookmark: z.output<typeof bookmarkSchema>;
  try {
    const json: unknown = JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/')));
    bookmark = bookmarkSchema.parse(json);
  } catch (error) {
    throw new BitacoraError('invalid', { fields: 'after' }, { cause: error });
  }
  if (bookmark.of !== checksum(question)) throw new BitacoraError('invalid', { fields: 'after' });
  return bookmark;
};

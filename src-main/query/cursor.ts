import { z } from 'zod';
import { BitacoraError } from '#shared/contract/errors.ts';

/** Where a page ended, in a view frozen at `newestId` and `now`. Opaque to those who carry it. */
const cursorSchema = z.object({
  id: z.number().int().positive(),
  position: z.number().int().nonnegative(),
  newestId: z.number().int().nonnegative(),
  now: z.string(),
});
export type Cursor = z.infer<typeof cursorSchema>;

export const writeCursor = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** Throws `invalid` for a text that is no cursor. */
export const readCursor = (text: string): Cursor => {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (error) {
    throw new BitacoraError('invalid', { fields: 'after' }, { cause: error });
  }
};

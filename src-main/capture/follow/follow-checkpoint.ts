import { z } from 'zod';
import { dateOrders } from '#shared/contract/import.ts';

/** A place in a file and the bytes before it: how a file is known again, whatever it is called and wherever it lies. */
const markSchema = z.object({
  offset: z.number().int().nonnegative(),
  /** SHA-256 in hex over the last `markBytes` bytes before it, or those that there are. */
  hash: z.string(),
});
export type Mark = z.infer<typeof markSchema>;

/** How many bytes before a place are hashed. */
export const markBytes = 512;

/** One file of the set as far as it was read: the log itself, or one that was put aside. */
const partSchema = z.object({
  device: z.number(),
  inode: z.number(),
  /** The end of what was read first; null while nothing was. Its beginning is how a copy that is being made is known. */
  head: markSchema.nullable(),
  /** The last places at which a batch was stored, oldest first; the last one is where reading goes on. */
  marks: z.array(markSchema),
  /** Bytes read, and the line that begins there. */
  offset: z.number().int().nonnegative(),
  line: z.number().int().positive(),
  /** It was read to its end after it had been put aside. */
  closed: z.boolean(),
  /** The last rows of the part before it, by digest (base64), with their number: rows alike go on from there. */
  carried: z.array(z.tuple([z.string(), z.number().int()])),
});
export type Part = z.infer<typeof partSchema>;

const checkpointSchema = z.object({
  version: z.literal(1),
  plan: z
    .object({
      encoding: z.enum(['utf-8', 'latin1']),
      dateOrder: z.enum(dateOrders),
      columnNames: z.array(z.string()),
    })
    .nullable(),
  /** In the order in which they were written. */
  parts: z.array(partSchema),
  /** Bytes of the rejects file. */
  rejectsBytes: z.number().int().nonnegative(),
  gaps: z.number().int().nonnegative(),
});
export type FollowCheckpoint = z.infer<typeof checkpointSchema>;

export const newCheckpoint: FollowCheckpoint = {
  version: 1,
  plan: null,
  parts: [],
  rejectsBytes: 0,
  gaps: 0,
};

/** What was stored with the last batch; a new one when there is none. A checkpoint that can't be read is a bug. */
export const readCheckpoint = (stored: unknown): FollowCheckpoint =>
  stored === null ? newCheckpoint : checkpointSchema.parse(stored);

/** So many of the parts that are gone are remembered: one that was out of sight for a moment is known again. */
const rememberedGone = 16;
/** So many parts may still be copied, or get lines from somebody who is late: of the others one place is enough. */
const newParts = 3;
/** Places that are kept of those. */
export const keptMarks = 6;

/** Forgets what is not needed to know the files again. `present`: the parts whose files were seen. */
export const trimParts = (parts: readonly Part[], present: ReadonlySet<Part>): Part[] => {
  let toForget = parts.filter((part) => !present.has(part) && part.offset > 0).length - rememberedGone;
  const kept = parts.filter((part) => {
    if (present.has(part)) return true;
    if (part.offset === 0) return false;
    if (toForget <= 0) return true;
    toForget -= 1;
    return false;
  });
  for (const part of kept.slice(0, -newParts)) {
    part.marks = part.marks.slice(-1);
    part.carried = [];
  }
  return kept;
};

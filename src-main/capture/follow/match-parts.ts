import type { Part } from './follow-checkpoint.ts';
import type { PartFile } from './part-file.ts';

/** A part of the set and its file; null for one that is not there any more. */
export interface FoundPart {
  readonly part: Part;
  readonly file: PartFile | null;
}

const newPart = ({ device, inode }: PartFile): Part => ({
  device,
  inode,
  head: null,
  marks: [],
  offset: 0,
  line: 1,
  closed: false,
  carried: [],
});

/** How much of the beginning of two files is compared to see that one is a copy of the other. */
const comparedBytes = 64 * 1024;

const sameBeginning = async (file: PartFile, live: PartFile): Promise<boolean> => {
  const begun = await file.beginning(comparedBytes);
  return begun.length > 0 && begun.length <= live.size && begun.equals(live.read(0, begun.length));
};

/**
 * Finds out which file is which: a file that was renamed keeps its inode, a copy or a packed one has the content, a log
 * that was truncated or made anew has neither. Throws `SetChanged` and `TornPart`.
 *
 * `files`: in the order in which they were written. `unpacked`: which part a packed file was found to be, by its state,
 * so that it need not be unpacked again and again.
 */
export const matchParts = async (
  parts: readonly Part[],
  files: readonly PartFile[],
  unpacked: ReadonlyMap<string, Part>,
): Promise<readonly FoundPart[]> => {
  const matched = new Map<Part, PartFile>();
  const left = new Set(files);
  const take = (part: Part, file: PartFile): void => {
    matched.set(part, file);
    left.delete(file);
  };

  for (const part of parts) {
    const file =
      files.find((candidate) => candidate.packed && unpacked.get(candidate.state) === part) ??
      files.find(({ packed, inode, device }) => !packed && inode === part.inode && device === part.device);
    if (!file || !left.has(file)) continue;
    // Nothing was read of it: it is the same file as long as it is a file of this number.
    if (file.packed || (file.size >= part.offset && (await file.holds(part.marks.slice(-1))))) take(part, file);
  }
  // Newest first: it is the log itself that is copied and truncated.
  for (const part of parts.toReversed()) {
    if (matched.has(part) || part.offset === 0) continue;
    for (const file of [...left].sort((a, b) => Number(a.live) - Number(b.live))) {
      if (!(await holdsWhole(file, part))) continue;
      take(part, file);
      break;
    }
  }
  const live = files.find((file) => file.live) ?? null;
  for (const file of [...left]) {
    if (file.live) continue;
    const part = await copiedPart(file, parts);
    // It is all that is left of it, and shorter than what was read of the log itself.
    if (part && !matched.has(part)) part.closed = true;
    if (part || (live && (file.packed || file.size <= live.size) && (await sameBeginning(file, live))))
      left.delete(file);
  }
  const partOf = new Map([...matched].map(([part, file]) => [file, part]));
  return [
    ...parts.filter((part) => !matched.has(part)).map((part) => ({ part, file: null })),
    // What was read first is not always older: a packed file may be whole later than the one after it is begun.
    ...files
      .filter((file) => left.has(file) || partOf.has(file))
      .map((file) => ({ part: partOf.get(file) ?? newPart(file), file })),
  ];
};

const holdsWhole = async (file: PartFile, part: Part): Promise<boolean> => {
  const last = part.marks.at(-1);
  if (last === undefined || part.head === null) return false;
  return file.holds([part.head, last]);
};

/** The part of which a file is a copy: one that is being made, or that was made before the last lines came. */
const copiedPart = async (file: PartFile, parts: readonly Part[]): Promise<Part | null> => {
  for (const part of parts) {
    if (part.head === null) continue;
    const within = file.packed ? part.marks.at(-1) : part.marks.findLast(({ offset }) => offset <= file.size);
    if (within !== undefined && (await file.holds([part.head, within]))) return part;
  }
  return null;
};

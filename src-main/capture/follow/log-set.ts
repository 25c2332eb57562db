import { readdirSync } from 'node:fs';
import path from 'node:path';

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** What rotation puts behind a name: a number, a date with or without time, and `.gz`. */
const numbered = /^(?:[.-](\d{1,6}))?(?:\.gz)?$/;
const dated = /^[._-](\d{4}-?\d\d-?\d\d(?:[T_.-]?\d\d[-:]?\d\d(?:[-:]?\d\d)?)?(?:[._-]\d{1,6})?)(?:\.gz)?$/;

/** A file of a rotated set. */
export interface SetMember {
  readonly name: string;
  /** The one that is being written. */
  readonly live: boolean;
  readonly packed: boolean;
}

/**
 * Names of a folder that belong to the set of a log, in the order in which they were written: those with dates, then
 * those with numbers from the highest down, then the log itself. A file that is being packed comes without its `.gz`.
 */
export const setMembers = (log: string, names: readonly string[]): readonly SetMember[] => {
  const pattern = new RegExp(`^${literal(log)}(.*)$`, 's');
  const found: { readonly member: SetMember; readonly date: string; readonly age: number }[] = [];
  const present = new Set(names);
  for (const name of names) {
    const rest = pattern.exec(name)?.[1];
    if (rest === undefined) continue;
    const packed = name.endsWith('.gz');
    // Whoever packs it takes the plain file away at the end.
    if (packed && present.has(name.slice(0, -3))) continue;
    const member = { name, live: rest === '', packed };
    const age = numbered.exec(rest);
    const date = dated.exec(rest)?.[1];
    if (date !== undefined) found.push({ member, date: date.replaceAll(/\D/g, ''), age: Number.POSITIVE_INFINITY });
    else if (age !== null && (rest === '' || age[1] !== undefined)) {
      found.push({ member, date: '', age: Number(age[1] ?? 0) });
    }
  }
  return found.sort((a, b) => b.age - a.age || (a.date < b.date ? -1 : 1)).map(({ member }) => member);
};

/** The members in the log's folder now. Throws what the file system says. */
export const listSet = (file: string): readonly SetMember[] =>
  setMembers(path.basename(file), readdirSync(path.dirname(file)));

import type { WholeEntry } from '#main/store/whole-entry.ts';
import type { SqliteDatabase } from './database.ts';
import type { Dictionaries } from './dictionaries.ts';

/** The columns of an entry in the order in which they are read. */
type Tuple = [
  number,
  number,
  number,
  string,
  number | null,
  number | null,
  number | null,
  number | null,
  number | null,
  number | null,
  number | null,
  string | null,
  string | null,
  string | null,
  string | null,
  string | null,
  string | null,
  string | null,
  string | null,
  number | null,
  number | null,
  string | null,
];

// A text is made faster than a buffer, and is soon gone without a trace.
const columns = `id, occurred_at, received_at, hex(event_id), event, module, actor, target, field, source, status, record_id,
  old_value, new_value, detail, action, request, occurred_text, source_entry_id, import, source_line, extra`;

/** So many rows are read in one go, as long as they are small: a body may have 16 MiB. */
const mostRows = 1024;
const fewestRows = 8;
const muchText = 4 * 1024 * 1024;
const littleText = 1024 * 1024;

/** Rows that are no further apart than this are read with what lies between them. */
const sparse = 3;

const uuidText = (upper: string): string => {
  const hex = upper.toLowerCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

const lengthOf = (text: string | null): number => text?.length ?? 0;
const textOf = (found: Tuple): number =>
  lengthOf(found[12]) + lengthOf(found[13]) + lengthOf(found[14]) + lengthOf(found[16]) + lengthOf(found[21]);

/** Reads entries whole: one, or many in an order that is given, as an export does. Each look is short. */
export const openWholeEntryReader = (db: SqliteDatabase, dictionaries: Dictionaries) => {
  const one = db.prepare(`SELECT ${columns} FROM entry WHERE id = ?`).raw();
  const upwards = db.prepare(`SELECT ${columns} FROM entry WHERE id BETWEEN ? AND ? ORDER BY id`).raw();
  const downwards = db.prepare(`SELECT ${columns} FROM entry WHERE id BETWEEN ? AND ? ORDER BY id DESC`).raw();
  const importFile = db.prepare('SELECT file FROM import WHERE id = ?').pluck();
  const files = new Map<number, string | null>();

  const fileOf = (id: number): string | null => {
    const known = files.get(id);
    if (known !== undefined) return known;
    const found = (importFile.get(id) as string | undefined) ?? null;
    files.set(id, found);
    return found;
  };
  const named = (names: readonly string[], code: number | null): string | null =>
    code === null ? null : (names[code] ?? null);

  const entryOf = (found: Tuple): WholeEntry => {
    const line = found[20];
    const file = found[19] === null || line === null ? null : fileOf(found[19]);
    return {
      id: found[0],
      eventId: uuidText(found[3]),
      occurredAt: found[1],
      occurredText: found[17],
      receivedAt: found[2],
      actor: found[6] === null ? null : (dictionaries.actor[found[6]] ?? null),
      event: named(dictionaries.event, found[4]),
      module: found[5] === null ? null : (dictionaries.module[found[5]] ?? null),
      target: named(dictionaries.target, found[7]),
      recordId: found[11],
      field: named(dictionaries.field, found[8]),
      oldValue: found[12],
      newValue: found[13],
      detail: found[14],
      action: found[15],
      status: found[10],
      request: found[16],
      source: named(dictionaries.source, found[9]),
      sourceEntryId: found[18],
      originFile: file,
      originLine: file === null ? null : line,
      extra: found[21],
    };
  };

  const gone = (id: number): Error => new Error(`entry ${id} is gone`);

  /** The rows with these ids in this order, which goes one way through the ledger and skips little. */
  const inTurn = (ids: Float64Array, first: number, last: number): Tuple[] => {
    const found = (first <= last ? upwards.all(first, last) : downwards.all(last, first)) as Tuple[];
    if (found.length === ids.length) return found;
    let next = 0;
    const wanted = found.filter((row) => {
      if (row[0] !== ids[next]) return false;
      next += 1;
      return true;
    });
    if (wanted.length < ids.length) throw gone(ids[wanted.length] as number);
    return wanted;
  };

  const goesOneWay = (ids: Float64Array): boolean => {
    const direction = Math.sign((ids.at(-1) as number) - (ids[0] as number));
    for (let i = 1; i < ids.length; i++) {
      if (Math.sign((ids[i] as number) - (ids[i - 1] as number)) !== direction) return false;
    }
    return true;
  };

  const rowsOf = (ids: Float64Array): Tuple[] => {
    const first = ids[0] as number;
    const last = ids.at(-1) as number;
    if (Math.abs(last - first) < ids.length * sparse && goesOneWay(ids)) return inTurn(ids, first, last);
    return Array.from(ids, (id) => {
      const found = one.get(id) as Tuple | undefined;
      if (!found) throw gone(id);
      return found;
    });
  };

  let atOnce = 256;
  return {
    /** Null when there is no such entry. */
    find: (id: number): WholeEntry | null => {
      const found = one.get(id) as Tuple | undefined;
      return found ? entryOf(found) : null;
    },
    /** The entries with these ids, in this order, some at a time: few of large ones. */
    *batchesOf(ids: Float64Array): Generator<readonly WholeEntry[]> {
      dictionaries.refresh();
      for (let start = 0; start < ids.length; ) {
        const rows = rowsOf(ids.subarray(start, start + atOnce));
        start += rows.length;
        let text = 0;
        for (const row of rows) text += textOf(row);
        if (text > muchText) atOnce = Math.max(fewestRows, atOnce >>> 2);
        else if (text < littleText) atOnce = Math.min(mostRows, atOnce * 2);
        yield rows.map(entryOf);
      }
    },
  };
};

import type { SqliteDatabase } from './database.ts';

/**
 * Codes for the values of one dictionary, made as new values come. Codes given inside a transaction that is rolled back
 * are forgotten with `forgetPending`.
 */
export interface DictionaryWriter<Value> {
  codeOf(value: Value): number;
  keepPending(): void;
  forgetPending(): void;
}

export const createDictionaryWriter = <Value>(
  db: SqliteDatabase,
  definition: {
    readonly table: string;
    readonly columns: readonly string[];
    readonly keyOf: (value: Value) => string;
    readonly cellsOf: (value: Value) => readonly (string | number | null)[];
    readonly fromCells: (cells: readonly (string | number | null)[]) => Value;
  },
): DictionaryWriter<Value> => {
  const { table, columns, keyOf, cellsOf, fromCells } = definition;
  const codes = new Map<string, number>();
  const pending: string[] = [];
  let last = 0;
  const all = db.prepare(`SELECT id, ${columns.join(', ')} FROM ${table} ORDER BY id`).raw();
  for (const row of all.all() as [number, ...(string | number | null)[]][]) {
    const [id, ...cells] = row;
    codes.set(keyOf(fromCells(cells)), id);
    last = id;
  }
  const insert = db.prepare(
    `INSERT INTO ${table} (id, ${columns.join(', ')}) VALUES (?, ${columns.map(() => '?').join(', ')})`,
  );
  return {
    codeOf: (value) => {
      const key = keyOf(value);
      const known = codes.get(key);
      if (known !== undefined) return known;
      insert.run(last + 1, ...cellsOf(value));
      last += 1;
      codes.set(key, last);
      pending.push(key);
      return last;
    },
    keepPending: () => {
      pending.length = 0;
    },
    forgetPending: () => {
      for (const key of pending) codes.delete(key);
      last -= pending.length;
      pending.length = 0;
    },
  };
};

import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkStatistics, readStatistics } from '#main/query/statistics.ts';
import type { NewEntry } from '#main/store/new-entry.ts';
import type { SqliteDatabase } from '#main/store/sqlite/database.ts';
import { openDictionaries } from '#main/store/sqlite/dictionaries.ts';
import { migrations } from '#main/store/sqlite/migrations/index.ts';
import { migrate } from '#main/store/sqlite/open-ledger-file.ts';
import { planRollups, type RollupKey, type RollupQuestion } from '#main/store/sqlite/rollup-reader.ts';
import {
  type Statistics,
  type StatisticsKey,
  type StatisticsQuestion,
  statisticsKeys,
} from '#shared/contract/statistics.ts';
import { goOn, newEntry, openWriting, temporaryFolder } from './ledger-kit.ts';

const dayMicros = 86_400_000_000;
const tables = ['rollup_day', 'rollup_actor_day', 'rollup_actor_month'];
const rowsOf = (db: SqliteDatabase, table: string): unknown => db.prepare(`SELECT * FROM ${table}`).raw().all();
const rollupsOf = (db: SqliteDatabase): unknown => tables.map((table) => rowsOf(db, table));

interface Coded {
  readonly time: number;
  readonly actor: number;
  readonly event: number;
  readonly module: number;
}

/** The rollups made anew in the plainest way: each entry on its own. */
const countedAnew = (db: SqliteDatabase): unknown => {
  const entries = db
    .prepare(
      'SELECT occurred_at AS time, ifnull(actor, 0) AS actor, ifnull(event, 0) AS event, ifnull(module, 0) AS module FROM entry',
    )
    .all() as Coded[];
  const countBy = (keysOf: (entry: Coded, date: Date) => number[]): number[][] => {
    const counts = new Map<string, number[]>();
    for (const entry of entries) {
      const keys = keysOf(entry, new Date(Math.floor(entry.time / 1000)));
      const known = counts.get(keys.join());
      if (known) known[keys.length] = (known[keys.length] ?? 0) + 1;
      else counts.set(keys.join(), [...keys, 1]);
    }
    return [...counts.values()].sort((a, b) => {
      const place = a.findIndex((number, i) => number !== b[i]);
      return (a[place] ?? 0) - (b[place] ?? 0);
    });
  };
  const day = (date: Date): number =>
    Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) / 86_400_000;
  const month = (date: Date): number => (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
  return [
    countBy(({ event, module }, date) => [day(date), event, module]),
    countBy(({ actor, event, module }, date) => [day(date), actor, event, module]),
    countBy(({ actor, event, module }, date) => [month(date), actor, event, module]),
  ];
};

const farthest = Number.MAX_SAFE_INTEGER;
const times = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 400 }).map((day) => (20_400 + day) * dayMicros + 1) },
  { weight: 2, arbitrary: fc.integer({ min: -40, max: 40 }).map((day) => day * dayMicros) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(-farthest, farthest, -dayMicros - 1, dayMicros - 1) },
);
const entries = fc
  .record({
    // Few, so that entries come again.
    identity: fc.nat(60),
    occurredAt: times,
    actorLogin: fc.constantFrom(null, 'ana', 'luis', 'eva'),
    actorName: fc.constantFrom(null, 'Ana', 'Ána'),
    event: fc.constantFrom(null, 'CREATE', 'UPDATE', ''),
    moduleNumber: fc.constantFrom(null, 1, 2),
    moduleName: fc.constantFrom(null, 'PTEs'),
  })
  .map(({ identity, ...cells }) => newEntry({ ...cells, eventId: Buffer.alloc(16, identity) }));
const refused = newEntry({ sourceLine: 1.5, event: 'NEW', actorLogin: 'nobody' });
const batches = fc.array(
  fc.record({ list: fc.array(entries, { maxLength: 40 }), fails: fc.integer({ min: 0, max: 3 }).map((n) => n === 0) }),
  { minLength: 1, maxLength: 6 },
);

test('the rollups are what the entries count to, after batches, duplicates and batches that failed', () => {
  fc.assert(
    fc.property(batches, (given) => {
      const { db, append } = openWriting(temporaryFolder());
      for (const { list, fails } of given) {
        const before = rollupsOf(db);
        if (fails) {
          expect(() => append([...list, refused])).toThrow();
          expect(rollupsOf(db)).toEqual(before);
        } else append(list);
        expect(rollupsOf(db)).toEqual(countedAnew(db));
      }
      expect(checkStatistics(db, openDictionaries(db), goOn, () => undefined)).toEqual({
        entries: db.prepare('SELECT count(*) FROM entry').pluck().get(),
        differences: 0,
        first: [],
      });
      db.close();
    }),
    { numRuns: 60 },
  );
});

describe('statistics', () => {
  const textOf = (entry: NewEntry, key: StatisticsKey): string | null => {
    const date = new Date(Math.floor(entry.occurredAt / 1000)).toISOString();
    switch (key) {
      case 'day':
        return date.slice(0, 10);
      case 'month':
        return date.slice(0, 7);
      case 'user':
        return entry.actorLogin ?? entry.actorName;
      case 'event':
        return entry.event;
      case 'module':
        return entry.moduleNumber === null ? entry.moduleName : String(entry.moduleNumber);
    }
  };
  const wanted = fc.option(fc.array(fc.constantFrom('ana', 'luis', 'Ana', 'CREATE', '1', 'PTEs'), { minLength: 1 }));
  const bound = fc.option(
    fc.integer({ min: 0, max: 400 }).map((day) => new Date((20_400 + day) * 86_400_000).toISOString().slice(0, 10)),
  );
  const questions: fc.Arbitrary<StatisticsQuestion> = fc.record({
    from: bound,
    to: bound,
    users: wanted,
    events: wanted,
    modules: wanted,
    by: fc.uniqueArray(fc.constantFrom(...statisticsKeys)),
    limit: fc.constant(10_000),
  });

  /** The same from the entries one by one. */
  const oracle = (stored: readonly NewEntry[], asked: StatisticsQuestion): Pick<Statistics, 'entries' | 'rows'> => {
    const has = (list: readonly string[] | null, value: string | null): boolean =>
      list === null || (value !== null && list.includes(value));
    const counts = new Map<string, number>();
    let total = 0;
    for (const entry of stored) {
      const day = textOf(entry, 'day') ?? '';
      if (asked.from !== null && (entry.occurredAt < 0 || day < asked.from)) continue;
      if (asked.to !== null && entry.occurredAt >= 0 && day > asked.to) continue;
      if (!has(asked.users, textOf(entry, 'user')) || !has(asked.events, entry.event)) continue;
      if (!has(asked.modules, textOf(entry, 'module'))) continue;
      const name = JSON.stringify(asked.by.map((key) => textOf(entry, key)));
      counts.set(name, (counts.get(name) ?? 0) + 1);
      total += 1;
    }
    return {
      entries: total,
      rows: [...counts].map(([name, count]) => ({ keys: JSON.parse(name), entries: count })),
    };
  };

  test('are what the entries count to, for any period, filter and grouping', () => {
    fc.assert(
      fc.property(
        fc.array(entries, { maxLength: 120 }),
        fc.array(questions, { minLength: 5, maxLength: 20 }),
        (list, asked) => {
          const { db, append } = openWriting(temporaryFolder());
          const known = new Set<string>();
          const stored = list.filter((entry) => {
            const identity = `${entry.occurredAt} ${entry.eventId[0]}`;
            return !known.has(identity) && known.add(identity);
          });
          append(list);
          const dictionaries = openDictionaries(db);
          for (const question of asked) {
            const found = readStatistics(db, dictionaries, question, goOn);
            const expected = oracle(stored, question);
            const plain = found.rows.map((row) => ({ ...row, keys: row.keys.map((key) => key?.value ?? null) }));
            const byName = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
            expect(found.entries).toBe(expected.entries);
            expect(found.newestId).toBe(stored.length);
            expect(byName(plain)).toEqual(byName(expected.rows));
            expect(found.groups).toBe(expected.rows.length);
          }
          db.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  const everything: StatisticsQuestion = {
    from: null,
    to: null,
    users: null,
    events: null,
    modules: null,
    by: [],
    limit: 10_000,
  };

  test('days come oldest first, names by how often they are; what the limit leaves out is told', () => {
    const { db, append } = openWriting(temporaryFolder());
    const on = (day: number, actorLogin: string, count: number): NewEntry[] =>
      Array.from({ length: count }, () => newEntry({ occurredAt: day * dayMicros, actorLogin }));
    append([...on(20_001, 'ana', 1), ...on(20_000, 'ana', 2), ...on(20_001, 'luis', 5), ...on(20_000, 'eva', 4)]);
    const ask = (question: Partial<StatisticsQuestion>) =>
      readStatistics(db, openDictionaries(db), { ...everything, ...question }, goOn);
    const plain = ({ rows }: Statistics) =>
      rows.map(({ keys, entries }) => [...keys.map((key) => key?.value), entries]);
    expect(plain(ask({ by: ['user'] }))).toEqual([
      ['luis', 5],
      ['eva', 4],
      ['ana', 3],
    ]);
    expect(plain(ask({ by: ['user', 'day'] }))).toEqual([
      ['eva', '2024-10-04', 4],
      ['ana', '2024-10-04', 2],
      ['luis', '2024-10-05', 5],
      ['ana', '2024-10-05', 1],
    ]);
    expect(ask({ by: ['user'], limit: 1 })).toMatchObject({ groups: 3, entries: 12, rows: [{ entries: 5 }] });
    db.close();
  });

  test('stops when it is told to', () => {
    const { db, append } = openWriting(temporaryFolder());
    append(Array.from({ length: 10_000 }, (_, place) => newEntry({ occurredAt: place * dayMicros })));
    const stop = (): boolean => true;
    expect(() => readStatistics(db, openDictionaries(db), { ...everything, by: ['day'] }, stop)).toThrow('cancel');
    expect(() => checkStatistics(db, openDictionaries(db), stop, () => undefined)).toThrow('cancel');
    expect(db.inTransaction).toBe(false);
    db.close();
  });
});

describe('the way to the sums', () => {
  const question = (cells: Partial<RollupQuestion> & { by?: ReadonlySet<RollupKey> }): RollupQuestion => ({
    from: null,
    to: null,
    actors: null,
    events: null,
    modules: null,
    by: new Set(),
    ...cells,
  });
  const planOf = (db: SqliteDatabase, asked: RollupQuestion): string[] =>
    planRollups(asked).map(({ sql, parameters }) =>
      db
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...parameters)
        .map((step) => (step as { detail: string }).detail)
        .join('; '),
    );
  const { db } = openWriting(temporaryFolder());

  test('without users: the small table, by its days', () => {
    const plans = planOf(db, question({ from: 20_000, to: 20_010, by: new Set(['event']) }));
    expect(plans).toHaveLength(1);
    expect(plans[0]).toContain('SEARCH rollup_day USING PRIMARY KEY (day>? AND day<?)');
  });

  test('by users: whole months, and the days at both ends', () => {
    // 2026-01-15 to 2026-04-10.
    const plans = planOf(db, question({ from: 20_468, to: 20_553, by: new Set(['actor']) }));
    expect(plans).toHaveLength(3);
    expect(plans[0]).toContain('SEARCH rollup_actor_month USING PRIMARY KEY (month>? AND month<?)');
    for (const plan of plans.slice(1))
      expect(plan).toContain('SEARCH rollup_actor_day USING PRIMARY KEY (day>? AND day<?)');
    // 2026-02-01 to 2026-02-28 needs no days, 2026-02-02 to 2026-02-20 no month.
    expect(planOf(db, question({ from: 20_485, to: 20_512, by: new Set(['actor']) }))).toHaveLength(1);
    expect(planOf(db, question({ from: 20_486, to: 20_504, by: new Set(['actor']) }))[0]).toContain('rollup_actor_day');
  });

  test('days of one user: each day looked up in the key', () => {
    const plans = planOf(db, question({ actors: [3], by: new Set(['day']) }));
    expect(plans).toHaveLength(1);
    expect(plans[0]).toContain('SEARCH rollup_actor_day USING PRIMARY KEY (day=? AND actor=?)');
  });
});

describe('migration 2', () => {
  const versionOne = (): SqliteDatabase => {
    const db = new Database(':memory:');
    migrate(db, migrations.slice(0, 1));
    const insert = db.prepare(
      'INSERT INTO entry (occurred_at, received_at, event_id, event, module, actor) VALUES (?, 1, randomblob(16), ?, ?, ?)',
    );
    let chance = 1;
    const below = (limit: number): number => {
      chance = (Math.imul(chance, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((chance / 2 ** 32) * limit);
    };
    const orNull = (code: number): number | null => (code === 0 ? null : code);
    for (let row = 0; row < 5000; row++) {
      const time =
        row % 7 === 0 ? (below(2000) - 1000) * (dayMicros / 4) : (20_000 + below(100)) * dayMicros + below(1e9);
      insert.run(time, orNull(below(4)), orNull(below(5)), orNull(below(20)));
    }
    insert.run(-farthest, null, null, null);
    insert.run(farthest, 1, 1, 1);
    return db;
  };

  test('counts the entries that a ledger has already', () => {
    const db = versionOne();
    migrate(db, migrations.slice(0, 2));
    expect(rowsOf(db, 'rollup_actor_month')).not.toEqual([]);
    expect(rollupsOf(db)).toEqual(countedAnew(db));
    db.close();
  });

  test('broken off at any step, leaves the ledger as it was', () => {
    const db = versionOne();
    const schema = (): unknown => db.prepare('SELECT name FROM sqlite_schema ORDER BY name').pluck().all();
    const before = schema();
    const [first, second] = migrations;
    if (!first || !second) throw new Error('no migration 2');
    for (let steps = 0; steps <= second.up.length; steps++) {
      const torn = { ...second, up: [...second.up.slice(0, steps), 'NONSENSE'] };
      expect(() => migrate(db, [first, torn])).toThrow('NONSENSE');
      expect(schema()).toEqual(before);
      expect(db.pragma('user_version', { simple: true })).toBe(1);
    }
    db.close();
  });
});

describe('a sum', () => {
  test.each(tables)('of %s may rise and do nothing else', (table) => {
    const { db, file, append } = openWriting(temporaryFolder());
    append([newEntry({ event: 'E', actorLogin: 'ana' })]);
    db.close();
    const other = new Database(file);
    other.pragma('recursive_triggers = ON');
    const before = rollupsOf(other);
    for (const attempt of [
      `UPDATE ${table} SET entries = entries - 0`,
      `UPDATE ${table} SET entries = 0`,
      `UPDATE ${table} SET event = 7, entries = entries + 1`,
      `DELETE FROM ${table}`,
      `INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`,
    ]) {
      expect(() => other.exec(attempt)).toThrow('append-only');
    }
    expect(rollupsOf(other)).toEqual(before);
    other.close();
  });

  test('that does not agree with the entries is found and named', () => {
    const { db, append } = openWriting(temporaryFolder());
    append([
      newEntry({ event: 'UPDATE', actorLogin: 'ana', moduleNumber: 3, moduleName: 'Production' }),
      newEntry({ event: 'CREATE', actorLogin: 'luis' }),
    ]);
    db.exec(
      "UPDATE rollup_actor_day SET entries = entries + 4 WHERE actor = (SELECT id FROM actor WHERE login = 'ana')",
    );
    db.exec('INSERT INTO rollup_day (day, event, module, entries) VALUES (10, 1, 0, 2)');
    db.exec('DROP TRIGGER rollup_actor_month_refuses_delete');
    db.exec("DELETE FROM rollup_actor_month WHERE actor = (SELECT id FROM actor WHERE login = 'luis')");
    const told: unknown[] = [];
    const found = checkStatistics(db, openDictionaries(db), goOn, (progress) => told.push(progress));
    expect(found).toEqual({
      entries: 2,
      differences: 3,
      first: [
        { sum: 'userDay', period: '2026-03-01', user: 'ana', event: 'UPDATE', module: 'Production', excess: 4 },
        { sum: 'userMonth', period: '2026-03', user: 'luis', event: 'CREATE', module: null, excess: -1 },
        { sum: 'day', period: '1970-01-11', user: null, event: 'UPDATE', module: null, excess: 2 },
      ],
    });
    expect(told).toEqual([{ done: 2, total: 2 }]);
    db.close();
  });
});

import type { SqliteDatabase } from './database.ts';
import { createKinds } from './rollup-kinds.ts';
import { dayOf, monthOf, numberOf, timeOf, withTime } from './rollup-time.ts';

/** Counts the entries of one batch for the rollup tables; see migration 2 for what they are. */
export interface RollupWriter {
  /** Codes as the entry has them, 0 for none. `occurredAt`: microseconds since 1970. */
  count(occurredAt: number, actor: number, event: number, module: number): void;
  /** Adds what was counted to the tables, one statement per distinct key, in the transaction that is open. */
  write(): void;
  /** Forgets what was counted. */
  clear(): void;
}

interface Group {
  readonly actor: number;
  readonly day: number;
  readonly kind: number;
  entries: number;
}

/** Keys that one statement adds to: what a statement costs by itself is paid once for all of them. */
const groupKeys = 16;

/** Adds numbers to the keys of a table, several with one statement; `finish` brings in those that wait. */
const createAdder = (db: SqliteDatabase, table: string, keys: readonly string[]) => {
  const prepare = (rows: number) => {
    const places = `(${keys.map(() => '?').join(', ')}, ?)`;
    return db.prepare(
      `INSERT INTO ${table} (${keys.join(', ')}, entries) VALUES ${Array(rows).fill(places).join(', ')}
       ON CONFLICT (${keys.join(', ')}) DO UPDATE SET entries = entries + excluded.entries`,
    );
  };
  const many = prepare(groupKeys);
  const one = prepare(1);
  const width = keys.length + 1;
  let waiting: number[] = [];
  return {
    add: (...numbers: readonly number[]): void => {
      waiting.push(...numbers);
      if (waiting.length < groupKeys * width) return;
      many.run(...waiting);
      waiting = [];
    },
    finish: (): void => {
      for (let at = 0; at < waiting.length; at += width) one.run(...waiting.slice(at, at + width));
      waiting = [];
    },
    forget: (): void => {
      waiting = [];
    },
  };
};

export const createRollupWriter = (db: SqliteDatabase): RollupWriter => {
  const addToDay = createAdder(db, 'rollup_day', ['day', 'event', 'module']);
  const addToActorDay = createAdder(db, 'rollup_actor_day', ['day', 'actor', 'event', 'module']);
  const addToActorMonth = createAdder(db, 'rollup_actor_month', ['month', 'actor', 'event', 'module']);

  const kinds = createKinds();
  /** By user; inside by kind and day. */
  const groups = new Map<number, Map<number, Group>>();

  const clear = (): void => {
    kinds.clear();
    groups.clear();
    for (const adder of [addToDay, addToActorDay, addToActorMonth]) adder.forget();
  };

  /** Adds up the groups that agree in a number. */
  const sums = (list: Iterable<Group>, numberOf: (group: Group) => number): Map<number, number> => {
    const found = new Map<number, number>();
    for (const group of list) {
      const number = numberOf(group);
      found.set(number, (found.get(number) ?? 0) + group.entries);
    }
    return found;
  };

  return {
    count: (occurredAt, actor, event, module) => {
      const day = dayOf(occurredAt);
      const kind = kinds.placeOf(event, module);
      const key = withTime(kind, day);
      let ofActor = groups.get(actor);
      if (!ofActor) {
        ofActor = new Map();
        groups.set(actor, ofActor);
      }
      const group = ofActor.get(key);
      if (group) group.entries += 1;
      else ofActor.set(key, { actor, day, kind, entries: 1 });
    },
    write: () => {
      const all: Group[] = [];
      for (const [actor, ofActor] of groups) {
        for (const group of ofActor.values()) {
          const { event, module } = kinds.at(group.kind);
          addToActorDay.add(group.day, actor, event, module, group.entries);
          all.push(group);
        }
        const months = sums(ofActor.values(), ({ kind, day }) => withTime(kind, monthOf(day)));
        for (const [key, entries] of months) {
          const { event, module } = kinds.at(numberOf(key));
          addToActorMonth.add(timeOf(key), actor, event, module, entries);
        }
      }
      for (const [key, entries] of sums(all, ({ kind, day }) => withTime(kind, day))) {
        const { event, module } = kinds.at(numberOf(key));
        addToDay.add(timeOf(key), event, module, entries);
      }
      for (const adder of [addToDay, addToActorDay, addToActorMonth]) adder.finish();
      clear();
    },
    clear,
  };
};

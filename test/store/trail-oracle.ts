import type { NewEntry } from '#main/store/new-entry.ts';
import { sortKey } from '#main/store/sqlite/sort-key.ts';
import type { Sort, SortColumn } from '#shared/contract/entry.ts';
import type { Clause, NumberTest, Query, Reading, ValueKey } from '#shared/contract/query.ts';
import type { FacetColumn } from '#shared/contract/view.ts';
import { valueMatches, wordMatches } from '#shared/query/matches-value.ts';
import { timeBounds } from '#shared/query/time-bounds.ts';
import { remembering } from './remembering.ts';

/** An entry with its place in the ledger. */
export interface Kept extends NewEntry {
  readonly id: number;
}

const given = (texts: readonly (string | null)[]): readonly string[] => texts.filter((text) => text !== null);

/** The time as sources write it in UTC, with as many decimals as there are: three or six. */
export const isoWithMillis = (micros: number): string => {
  const millis = Math.floor(micros / 1000);
  const rest = micros - millis * 1000;
  const iso = new Date(millis).toISOString();
  return rest === 0 ? iso : iso.replace('Z', `${String(rest).padStart(3, '0')}Z`);
};

/**
 * The log over a plain array: what `src-shared/contract/{query,view}.ts` mean, with no index and no dictionary. What is
 * the same for every entry is found out once, and that is all its thought for speed.
 */
export const createOracle = (all: readonly Kept[]) => {
  /** A bare module number is called by what it was first seen with. */
  const labels = new Map<number, string>();
  for (const { moduleNumber, moduleName, target } of all) {
    const label = moduleName ?? target;
    if (moduleNumber !== null && label !== null && !labels.has(moduleNumber)) labels.set(moduleNumber, label);
  }
  const moduleNameOf = (entry: Kept): string | null =>
    entry.moduleName ?? (entry.moduleNumber === null ? null : (labels.get(entry.moduleNumber) ?? null));
  const numberText = (entry: Kept): string | null => (entry.moduleNumber === null ? null : String(entry.moduleNumber));
  const moduleLabelOf = (entry: Kept): string | null => moduleNameOf(entry) ?? numberText(entry);
  const actorLabelOf = (entry: Kept): string | null =>
    entry.actorName ?? entry.actorLogin ?? entry.actorEmail ?? entry.actorId;

  const textsById = new Map<number, readonly string[]>();
  const searchedTexts = (entry: Kept): readonly string[] => {
    const known = textsById.get(entry.id);
    if (known) return known;
    const time = isoWithMillis(entry.occurredAt);
    const texts = [
      ...given([entry.oldValue, entry.newValue, entry.event, entry.target, entry.detail, entry.field, entry.recordId]),
      ...given([entry.action, entry.request, entry.actorName, entry.actorLogin, entry.actorEmail, entry.occurredText]),
      time,
      time.replace('T', ' '),
    ];
    textsById.set(entry.id, texts);
    return texts;
  };

  const namesOf = (entry: Kept, key: ValueKey): readonly string[] => {
    switch (key) {
      case 'user':
        return given([entry.actorLogin, entry.actorEmail, entry.actorName, entry.actorId]);
      case 'module':
        return given([moduleNameOf(entry), numberText(entry)]);
      case 'record':
        return given([entry.recordId]);
      case 'event':
      case 'target':
      case 'field':
      case 'action':
      case 'source':
        return given([entry[key]]);
      case 'case':
      case 'tag':
        return [];
      default:
        return key satisfies never;
    }
  };

  const numberPasses = (test: NumberTest, value: number): boolean => {
    if (test.op === '..') return test.from <= value && value <= test.to;
    if (test.op === '=') return value === test.value;
    if (test.op === '>') return value > test.value;
    if (test.op === '>=') return value >= test.value;
    if (test.op === '<') return value < test.value;
    return value <= test.value;
  };

  type Test = (entry: Kept) => boolean;

  /** Whether the clause speaks of an entry, `exclude` aside. */
  const touching = (clause: Clause, reading: Reading, now: number): Test => {
    switch (clause.kind) {
      case 'word': {
        const found = remembering((text: string) => wordMatches(clause.value, text, reading.ignoreAccents));
        return (entry) => searchedTexts(entry).some(found);
      }
      case 'value': {
        const found = remembering((name: string) =>
          clause.values.some((value) => valueMatches(value, name, reading.ignoreAccents)),
        );
        return (entry) => namesOf(entry, clause.key).some(found);
      }
      case 'number':
        return (entry) => {
          const value = clause.key === 'id' ? entry.id : entry.status;
          return value !== null && clause.tests.some((test) => numberPasses(test, value));
        };
      case 'time': {
        const { start, end } = timeBounds(clause, reading.zone, now);
        return ({ occurredAt }) => (start === null || occurredAt >= start) && (end === null || occurredAt < end);
      }
      default:
        return clause satisfies never;
    }
  };

  const matching = ({ clauses }: Query, reading: Reading, now: number): Test => {
    const testOf = (clause: Clause): Test => touching(clause, reading, now);
    const including = clauses.filter((clause) => !clause.exclude);
    const excluded = clauses.filter((clause) => clause.exclude).map(testOf);
    const required = including.filter((clause) => clause.kind !== 'value').map(testOf);
    const values = including.filter((clause) => clause.kind === 'value');
    const alternatives = [...Map.groupBy(values, (clause) => clause.key).values()].map((some) => some.map(testOf));
    return (entry) =>
      !excluded.some((test) => test(entry)) &&
      required.every((test) => test(entry)) &&
      alternatives.every((some) => some.some((test) => test(entry)));
  };

  const keyOf = remembering(sortKey);
  const sortValue = (entry: Kept, column: SortColumn): string | number | null => {
    const text = (value: string | null): string | null => (value === null ? null : keyOf(value));
    switch (column) {
      case 'id':
      case 'occurredAt':
      case 'status':
        return entry[column];
      case 'actor':
        return text(actorLabelOf(entry));
      case 'module':
        return text(moduleLabelOf(entry));
      default:
        return text(entry[column]);
    }
  };

  const facetOf = (entry: Kept, column: FacetColumn): string | null => {
    switch (column) {
      case 'user':
        return entry.actorLogin ?? entry.actorEmail ?? entry.actorName ?? entry.actorId;
      case 'module':
        return numberText(entry) ?? moduleLabelOf(entry);
      case 'status':
        return entry.status === null ? null : String(entry.status);
      default:
        return entry[column];
    }
  };

  return {
    actorLabelOf,
    moduleLabelOf,
    moduleNameOf,
    /** The matches up to `newestId`, in the order of the sort: no value last in both directions, ties by id. */
    list: (query: Query, sort: Sort, reading: Reading, newestId: number, now: number): readonly Kept[] => {
      const isIn = matching(query, reading, now);
      const found = all.filter((entry) => entry.id <= newestId && isIn(entry));
      const direction = sort.descending ? -1 : 1;
      const keys = new Map(found.map((entry) => [entry.id, sortValue(entry, sort.column)]));
      return found.sort((a, b) => {
        const [x, y] = [keys.get(a.id) ?? null, keys.get(b.id) ?? null];
        if (x === null || y === null) {
          if (x !== null || y !== null) return x === null ? 1 : -1;
        } else if (x !== y) return (x < y ? -1 : 1) * direction;
        return (a.id - b.id) * direction;
      });
    },
    /** Value → count, a column's own including filters aside. */
    facet: (
      column: FacetColumn,
      query: Query,
      reading: Reading,
      newestId: number,
      now: number,
    ): Map<string, number> => {
      const others = query.clauses.filter(
        (clause) =>
          clause.exclude || clause.kind === 'word' || clause.kind === 'time' || (clause.key as string) !== column,
      );
      const isIn = matching({ clauses: others }, reading, now);
      const counts = new Map<string, number>();
      for (const entry of all) {
        const value = facetOf(entry, column);
        if (entry.id > newestId || value === null) continue;
        if (isIn(entry)) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      return counts;
    },
    /** The entries of the same record, newest first, each with the entry that last wrote the same field before it. */
    life: (id: number) => {
      const own = all.find((entry) => entry.id === id);
      const same = all
        .filter(
          (entry) =>
            entry.recordId !== null &&
            entry.recordId === own?.recordId &&
            entry.moduleNumber === own.moduleNumber &&
            entry.moduleName === own.moduleName,
        )
        .sort((a, b) => b.occurredAt - a.occurredAt || b.id - a.id);
      return same.map((entry, place) => ({
        entry,
        before: entry.field === null ? undefined : same.slice(place + 1).find((older) => older.field === entry.field),
      }));
    },
  };
};

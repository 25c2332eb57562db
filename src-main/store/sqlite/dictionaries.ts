import type { Actor, Module } from '#shared/contract/entry.ts';
import { fold } from '#shared/text/fold.ts';
import type { CodeColumn } from './columns/chunk.ts';
import type { SqliteDatabase } from './database.ts';

/** The dictionaries of the ledger in memory; index 0 of each is «none». `refresh` reads what has come since. */
export interface Dictionaries {
  readonly event: readonly string[];
  readonly target: readonly string[];
  readonly field: readonly string[];
  readonly source: readonly string[];
  readonly module: readonly Module[];
  readonly actor: readonly Actor[];
  refresh(): void;
  /** What a code of a column is called: the text to sort by and to show. */
  labelOf(column: CodeColumn, code: number): string;
  size(column: CodeColumn): number;
  /** The texts of a code that a search looks into: the name, or a user's name, login and e-mail. */
  searchedNames(column: CodeColumn, code: number): readonly string[];
  /** The same, folded for comparing; kept, since every search asks for all of them. */
  foldedNames(column: CodeColumn, code: number, ignoreAccents: boolean): readonly string[];
  /** False when none of a column's folded names contains a folded text: told by one look at all of them together. */
  mayName(column: CodeColumn, folded: string, ignoreAccents: boolean): boolean;
}

/** Stands between names where they are looked into together; a text that has it can't be looked for there. */
const nameEnd = '\0';

const nobody: Actor = { id: null, login: null, name: null, email: null };

export const actorLabel = (actor: Actor): string => actor.name ?? actor.login ?? actor.email ?? actor.id ?? '';
export const moduleLabel = (module: Module): string =>
  module.name ?? (module.number === null ? '' : String(module.number));

export const openDictionaries = (db: SqliteDatabase): Dictionaries => {
  const names = { event: [''], target: [''], field: [''], source: [''] };
  const modules: Module[] = [{ number: null, name: null }];
  const actors: Actor[] = [nobody];
  const nameTables = (Object.keys(names) as (keyof typeof names)[]).map((table) => ({
    list: names[table],
    newer: db.prepare(`SELECT name FROM ${table} WHERE id >= ? ORDER BY id`).pluck(),
  }));
  const newerModules = db
    .prepare(
      `SELECT module.number, coalesce(module.name, label.name) FROM module
       LEFT JOIN module_label AS label ON label.number = module.number WHERE module.id >= ? ORDER BY module.id`,
    )
    .raw();
  const labels = db.prepare('SELECT number, name FROM module_label').raw();
  const newerActors = db.prepare('SELECT actor_id, login, name, email FROM actor WHERE id >= ? ORDER BY id').raw();

  const folded = new Map<string, (readonly string[])[]>();

  /** A module that was a bare number when it was read may have got its name since. */
  const nameModules = (): void => {
    if (!modules.some(({ number, name }) => number !== null && name === null)) return;
    const known = new Map(labels.all() as [number, string][]);
    for (const [code, { number, name }] of modules.entries()) {
      const label = number === null || name !== null ? undefined : known.get(number);
      if (label === undefined) continue;
      modules[code] = { number, name: label };
      for (const key of ['module true', 'module false']) folded.delete(key);
    }
  };

  const refresh = (): void => {
    for (const { list, newer } of nameTables) {
      for (const name of newer.all(list.length) as string[]) list.push(name);
    }
    nameModules();
    for (const [number, name] of newerModules.all(modules.length) as [number | null, string | null][]) {
      modules.push({ number, name });
    }
    for (const [id, login, name, email] of newerActors.all(actors.length) as (string | null)[][]) {
      actors.push({ id: id ?? null, login: login ?? null, name: name ?? null, email: email ?? null });
    }
  };
  refresh();

  const searchedNames = (column: CodeColumn, code: number): readonly string[] => {
    if (column === 'actor') {
      const { name, login, email } = actors[code] ?? nobody;
      return [name, login, email].filter((text) => text !== null);
    }
    return [
      column === 'module' ? moduleLabel(modules[code] ?? { number: null, name: null }) : (names[column][code] ?? ''),
    ];
  };
  const foldedNames = (column: CodeColumn, code: number, ignoreAccents: boolean): readonly string[] => {
    const key = `${column} ${ignoreAccents}`;
    let list = folded.get(key);
    if (!list) {
      list = [];
      folded.set(key, list);
    }
    let found = list[code];
    if (!found) {
      found = searchedNames(column, code).map((text) => fold(text, ignoreAccents));
      list[code] = found;
    }
    return found;
  };

  const size = (column: CodeColumn): number =>
    (column === 'module' ? modules : column === 'actor' ? actors : names[column]).length;

  const together = new Map<string, { readonly size: number; readonly text: string }>();
  const allNames = (column: CodeColumn, ignoreAccents: boolean): string => {
    const key = `${column} ${ignoreAccents}`;
    const known = together.get(key);
    const now = size(column);
    if (known?.size === now) return known.text;
    const parts: string[] = [];
    for (let code = 1; code < now; code++) parts.push(...foldedNames(column, code, ignoreAccents));
    const text = parts.join(nameEnd);
    together.set(key, { size: now, text });
    return text;
  };

  return {
    searchedNames,
    foldedNames,
    mayName: (column, text, ignoreAccents) =>
      // A module that was a number gets its name later: there, nothing is told by what was read.
      column === 'module' || text.includes(nameEnd) || allNames(column, ignoreAccents).includes(text),
    ...names,
    module: modules,
    actor: actors,
    refresh,
    size,
    labelOf: (column, code) => {
      if (column === 'module') return moduleLabel(modules[code] ?? { number: null, name: null });
      if (column === 'actor') return actorLabel(actors[code] ?? nobody);
      return names[column][code] ?? '';
    },
  };
};

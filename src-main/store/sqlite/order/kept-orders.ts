import path from 'node:path';
import type { SqliteDatabase } from '../database.ts';
import { type IndexFile, indexFilePath, listIndexFiles, removeIndexFile } from '../index-folder.ts';
import { additionsEnding, loadAdditions, noAdditions } from './additions.ts';
import { type HeldOrder, throughOf } from './held-order.ts';
import { type BlockCache, type OrderBase, openOrderFile, orderEnding } from './order-file.ts';
import type { OrderedColumn } from './ordered-columns.ts';
import { placesEnding } from './place-build.ts';

export const ordersFolder = (indexFolder: string): string => path.join(indexFolder, 'order');

const pathsOf = (files: readonly IndexFile[]): string => files.map((file) => file.path).join('|');

/** Looks after what is kept of one column's order in a folder, and opens it anew when that has changed. */
export const createKeptOrder = (db: SqliteDatabase, folder: string, column: OrderedColumn, cache: BlockCache) => {
  const directory = path.join(folder, column);
  let seen = '';
  let held: HeldOrder | null = null;
  const orders = () => listIndexFiles(directory, orderEnding).filter(({ first }) => first === 1);
  const additions = () => listIndexFiles(directory, additionsEnding);
  const placeFile = ({ length }: OrderBase): IndexFile => ({
    path: indexFilePath(directory, 1, length, placesEnding),
    first: 1,
    last: length,
  });
  /** An order and where its entries stand, if that is known; asked for the same one again and again. */
  let turned: { readonly base: OrderBase; readonly places: OrderBase } | null = null;

  /** Opens the longest sound order with the longest sound additions to it. */
  const open = (orderFiles: readonly IndexFile[], additionFiles: readonly IndexFile[]): HeldOrder | null => {
    for (const file of orderFiles) {
      const known = held?.base.path === file.path ? held.base : null;
      const base = known ?? openOrderFile(db, file, column, cache);
      if (!base) continue;
      for (const added of additionFiles) {
        if (added.first !== base.length + 1) continue;
        const found = loadAdditions(db, added, column);
        if (found) return { base, additions: found };
      }
      return { base, additions: noAdditions };
    }
    return null;
  };

  return {
    directory,
    /** The kept order as it is now; null when there is none that is sound. */
    current: (): HeldOrder | null => {
      const orderFiles = orders();
      const additionFiles = additions();
      const now = `${pathsOf(orderFiles)}|${pathsOf(additionFiles)}`;
      if (now !== seen) {
        held = open(orderFiles, additionFiles);
        seen = now;
      }
      return held;
    },
    placeFile,
    /** At which place of an order each entry stands, as an order of places; null when that is not known. */
    placesOf: (base: OrderBase): OrderBase | null => {
      if (turned?.base === base) return turned.places;
      const places = base.identity ? null : openOrderFile(db, placeFile(base), column, cache);
      if (places) turned = { base, places };
      return places;
    },
    /** Forgets what was opened: it turned out damaged. */
    forget: (): void => {
      held = null;
      turned = null;
      seen = '';
    },
    /** Removes every file that `current` has no use for. */
    tidy: (): void => {
      const useful = new Set([held?.base.path]);
      const through = held ? throughOf(held) : 0;
      for (const file of additions()) {
        if (held && file.first === held.base.length + 1 && file.last === through) useful.add(file.path);
      }
      if (held) useful.add(placeFile(held.base).path);
      for (const file of [...orders(), ...additions(), ...listIndexFiles(directory, placesEnding)]) {
        if (!useful.has(file.path)) removeIndexFile(file.path);
      }
      seen = '';
    },
  };
};

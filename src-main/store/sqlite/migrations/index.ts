import { ledger0001 } from './0001-ledger.ts';
import type { Migration } from './migration.ts';

/** Every step, in order; the place in the list is the number. */
export const migrations: readonly Migration[] = [ledger0001];

export const newestMigration = migrations.length;

import { ledger0001 } from './0001-ledger.ts';
import { rollups0002 } from './0002-rollups.ts';
import { capture0003 } from './0003-capture.ts';
import type { Migration } from './migration.ts';

/** Every step, in order; the place in the list is the number. */
export const migrations: readonly Migration[] = [ledger0001, rollups0002, capture0003];

export const newestMigration = migrations.length;

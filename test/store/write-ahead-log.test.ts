import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { NewEntry } from '#main/store/new-entry.ts';
import { openReader } from '#main/store/sqlite/database.ts';
import { createLedgerUpkeep } from '#main/store/sqlite/ledger-upkeep.ts';
import { openKeyReader } from '#main/store/sqlite/order/ordered-columns.ts';
import { goOn, newEntry, openWriting, temporaryFolder, type Writing } from './ledger-kit.ts';

const megabyte = 2 ** 20;
/** Some four megabytes of log each. */
const batch = (number: number): readonly NewEntry[] =>
  Array.from({ length: 1000 }, (_, i) => newEntry({ recordId: `r${number * 1000 + i}`, newValue: 'x'.repeat(2000) }));

const logBytes = ({ file }: Writing): number => statSync(`${file}-wal`).size;

describe('the write-ahead log', () => {
  test('stays short while a reader passes over everything in pieces and entries keep coming', () => {
    const writing = openWriting(temporaryFolder());
    writing.append(batch(0));
    const db = openReader(writing.file, 'in turn');
    const keys = openKeyReader(db, 'newValue');
    let read = 0;
    let longest = 0;
    for (let number = 1; number <= 30; number++) {
      writing.append(batch(number));
      keys.scan(
        read,
        read + 1000,
        () => {
          read += 1;
        },
        goOn,
      );
      longest = Math.max(longest, logBytes(writing));
    }
    expect(read).toBe(30_000);
    // What goes in is 120 MB; SQLite folds it in at each 8 MB.
    expect(longest).toBeLessThan(14 * megabyte);
    db.close();
    writing.db.close();
  });

  test('grows under a reader that holds on, and is cut when there is a moment after that', () => {
    const writing = openWriting(temporaryFolder());
    writing.append(batch(0));
    const db = openReader(writing.file, 'in turn');
    const held = db.prepare('SELECT id FROM entry').iterate();
    held.next();
    for (let number = 1; number <= 12; number++) writing.append(batch(number));
    expect(logBytes(writing)).toBeGreaterThan(20 * megabyte);

    const upkeep = createLedgerUpkeep(writing.db, writing.file);
    // A reader that still looks at the log is not waited for.
    upkeep.tend();
    expect(logBytes(writing)).toBeGreaterThan(20 * megabyte);
    held.return?.();
    upkeep.tend();
    expect(logBytes(writing)).toBe(0);

    writing.append(batch(13).slice(0, 100));
    upkeep.tend();
    // Not worth it yet.
    expect(logBytes(writing)).toBeGreaterThan(0);
    expect(writing.db.pragma('synchronous', { simple: true })).toBe(2);
    expect(writing.db.pragma('busy_timeout', { simple: true })).toBeGreaterThan(0);
    expect(db.prepare('SELECT count(*) FROM entry').pluck().get()).toBe(13_100);
    db.close();
    writing.db.close();
  });
});

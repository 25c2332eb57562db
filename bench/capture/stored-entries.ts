import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { numberOf } from './load-plan.ts';
import type { SentEntry } from './sent-entries.ts';

/** The acknowledged entries that a run of the generator wrote down: number → id. */
export const readAcknowledged = (file: string): ReadonlyMap<number, number> => {
  const bytes = readFileSync(file);
  const pairs = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const ids = new Map<number, number>();
  for (let at = 0; at < pairs.length; at += 2) ids.set(pairs[at] as number, pairs[at + 1] as number);
  return ids;
};

const mostTold = 5;

interface Stored {
  readonly id: number;
  readonly event_id: Uint8Array;
  readonly detail: string | null;
  readonly record_id: string | null;
  readonly new_value: string | null;
  readonly login: string | null;
}

/**
 * Compares a ledger with what was acknowledged: each entry once, under the id that was answered, with its texts, and
 * nothing else. The answer tells the first differences.
 */
export const compareStored = (
  ledgerFile: string,
  acknowledged: ReadonlyMap<number, number>,
  sentAs: (number: number) => SentEntry,
): readonly string[] => {
  const db = new Database(ledgerFile, { readonly: true });
  const differences: string[] = [];
  const seen = new Set<number>();
  let expectedId = 1;
  try {
    const rows = db.prepare(
      `SELECT entry.id, event_id, detail, record_id, new_value, actor.login
       FROM entry LEFT JOIN actor ON actor.id = entry.actor ORDER BY entry.id`,
    );
    for (const row of rows.iterate() as Iterable<Stored>) {
      const number = numberOf(row.event_id);
      const sent = sentAs(number);
      const same =
        row.id === expectedId &&
        acknowledged.get(number) === row.id &&
        !seen.has(number) &&
        row.detail === (sent.detail ?? null) &&
        row.record_id === (sent.recordId ?? null) &&
        row.new_value === (sent.newValue ?? null) &&
        row.login === (sent.actor?.login ?? null);
      if (!same && differences.length < mostTold) {
        differences.push(`entry ${row.id} is number ${number}, acknowledged as ${acknowledged.get(number)}`);
      }
      seen.add(number);
      expectedId += 1;
    }
  } finally {
    db.close();
  }
  if (seen.size !== acknowledged.size) differences.push(`${acknowledged.size} acknowledged, ${seen.size} stored`);
  return differences;
};

import type { Redactor } from '#shared/redaction/redactor.ts';
import type { CapturedEntry } from './captured-entry.ts';
import { eventIdsOf } from './event-ids.ts';
import { tellExchange } from './exchange.ts';
import { createExchangeLine } from './exchange-line.ts';
import { type Batch, unpackBatch } from './packed-batch.ts';

/** An entry without its secrets. A field’s change is told by its name and two values. */
export const clearEntry = (entry: CapturedEntry, redactor: Redactor): CapturedEntry => {
  const { field, oldValue, newValue } = entry;
  const isSecret = typeof field === 'string' && redactor.isSecretKey(field);
  const values = isSecret ? { oldValue: redactor.secret(oldValue), newValue: redactor.secret(newValue) } : {};
  return redactor.value({ ...entry, ...values }) as CapturedEntry;
};

interface Pressed {
  /** JSON objects without secrets, one for each item that could be told. */
  readonly lines: readonly string[];
  /** Items that could not. */
  readonly broken: number;
}

/** Makes lines of batches, their secrets gone. `source` is the system of entries that name none. Never throws. */
export const createPress = (redactor: Redactor, source: string | null): ((batch: Batch) => Pressed) => {
  const lineOf = (entry: CapturedEntry, id: string, at: number): string => {
    const cleared = clearEntry(entry, redactor);
    const { eventId = id, occurredAt = new Date(at).toISOString() } = cleared;
    return JSON.stringify({ ...cleared, eventId, occurredAt, source: cleared.source ?? source ?? undefined });
  };
  const exchangeLine =
    createExchangeLine(redactor, source) ?? ((exchange, id) => lineOf(tellExchange(exchange, id), id, exchange.began));

  return (batch) => {
    const { seed, count } = batch;
    const idOf = eventIdsOf(seed);
    const lines: string[] = [];
    unpackBatch(batch, (item, place) => {
      const id = idOf(place);
      try {
        lines.push(
          typeof item === 'string' ? lineOf(JSON.parse(item) as CapturedEntry, id, seed.at) : exchangeLine(item, id),
        );
      } catch {
        // Nothing that a program records may end what records it; it is counted by whoever asked.
      }
    });
    return { lines, broken: count - lines.length };
  };
};

import type { Redactor } from '#shared/redaction/redactor.ts';
import type { CapturedEntry } from './captured-entry.ts';
import { eventIdOf, type IdSeed } from './event-ids.ts';
import { type PackedExchange, tellExchange, unpackExchange } from './exchange.ts';

/** What was recorded within a tenth of a second: entries as JSON, exchanges as they passed. */
export interface Batch {
  readonly seed: IdSeed;
  /** At most `idsOfSeed`. */
  readonly items: readonly (string | PackedExchange)[];
}

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

/** The lines of a batch, its secrets gone. Never throws. */
export const pressBatch = ({ seed, items }: Batch, redactor: Redactor, source: string | null): Pressed => {
  const lines: string[] = [];
  for (const [place, item] of items.entries()) {
    const id = eventIdOf(seed, place);
    try {
      const entry =
        typeof item === 'string' ? (JSON.parse(item) as CapturedEntry) : tellExchange(unpackExchange(item), id);
      const cleared = clearEntry(entry, redactor);
      const { eventId = id, occurredAt = new Date(seed.at).toISOString() } = cleared;
      lines.push(JSON.stringify({ ...cleared, eventId, occurredAt, source: cleared.source ?? source ?? undefined }));
    } catch {
      // Nothing that a program records may end what records it; it is counted by whoever asked.
    }
  }
  return { lines, broken: items.length - lines.length };
};

import type { Redactor } from '#shared/redaction/redactor.ts';
import type { CapturedEntry } from './captured-entry.ts';
import { eventIdsOf } from './event-ids.ts';
import { tellExchange } from './exchange.ts';
import { createExchangeLines, type WriteExchange } from './exchange-lines.ts';
import { type Lines, LineWriter } from './lines.ts';
import { type Batch, readBatch } from './packed-batch.ts';

/** An entry without its secrets. A field’s change is told by its name and two values. */
export const clearEntry = (entry: CapturedEntry, redactor: Redactor): CapturedEntry => {
  const { field, oldValue, newValue } = entry;
  const isSecret = typeof field === 'string' && redactor.isSecretKey(field);
  const values = isSecret ? { oldValue: redactor.secret(oldValue), newValue: redactor.secret(newValue) } : {};
  return redactor.value({ ...entry, ...values }) as CapturedEntry;
};

interface Pressed {
  /** JSON objects without secrets, one for each item that could be told. */
  readonly lines: Lines;
  /** Items that could not. */
  readonly broken: number;
}

interface Press {
  /** Makes lines of a batch, their secrets gone. Never throws. */
  press(batch: Batch): Pressed;
  /** To be called with lines that nobody needs any more: their memory is written over. */
  giveBack(lines: Lines): void;
}

/** `source` is the system of entries that name none. */
export const createPress = (redactor: Redactor, source: string | null): Press => {
  const lineOf = (entry: CapturedEntry, id: string, at: number): string => {
    const cleared = clearEntry(entry, redactor);
    const { eventId = id, occurredAt = new Date(at).toISOString() } = cleared;
    return JSON.stringify({ ...cleared, eventId, occurredAt, source: cleared.source ?? source ?? undefined });
  };
  const exchangeLines = createExchangeLines(redactor, source);
  const writer = new LineWriter();

  const press = (batch: Batch): Pressed => {
    const { seed } = batch;
    const idOf = eventIdsOf(seed);
    const writeExchange: WriteExchange =
      exchangeLines?.(writer, seed) ??
      ((form, passed, place) =>
        writer.add(lineOf(tellExchange({ ...form, ...passed }, idOf(place)), idOf(place), passed.began)));
    let broken = 0;
    readBatch(batch, {
      entry: (json, place) => {
        try {
          writer.add(lineOf(JSON.parse(json) as CapturedEntry, idOf(place), seed.at));
        } catch {
          // Nothing that a program records may end what records it; whoever asked hears how many could not be told.
          broken += 1;
        }
      },
      exchange: (form, passed, place) => {
        try {
          writeExchange(form, passed, place);
        } catch {
          broken += 1;
        }
      },
    });
    return { lines: writer.take(), broken };
  };
  return { press, giveBack: (lines) => writer.giveBack(lines) };
};

import type { Redactor } from '#shared/redaction/redactor.ts';
import type { CapturedEntry } from './captured-entry.ts';
import { eventIdsOf } from './event-ids.ts';
import { type ExchangeForm, type PassedMoment, tellExchange } from './exchange.ts';
import { createExchangeLine } from './exchange-line.ts';
import { type Head, type Lines, LineWriter } from './lines.ts';
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

/** Makes lines of batches, their secrets gone. `source` is the system of entries that name none. Never throws. */
export const createPress = (redactor: Redactor, source: string | null): ((batch: Batch) => Pressed) => {
  const lineOf = (entry: CapturedEntry, id: string, at: number): string => {
    const cleared = clearEntry(entry, redactor);
    const { eventId = id, occurredAt = new Date(at).toISOString() } = cleared;
    return JSON.stringify({ ...cleared, eventId, occurredAt, source: cleared.source ?? source ?? undefined });
  };
  const exchangeLine = createExchangeLine(redactor, source);
  const writer = new LineWriter();

  return (batch) => {
    const { seed } = batch;
    const idOf = eventIdsOf(seed);
    const heads = new Map<ExchangeForm, Head>();
    let broken = 0;
    const addExchange = (form: ExchangeForm, passed: PassedMoment, id: string): void => {
      if (exchangeLine === null) {
        writer.add(lineOf(tellExchange({ ...form, ...passed }, id), id, passed.began));
        return;
      }
      const tail = exchangeLine.tail(passed, id);
      const head = heads.get(form);
      if (head === undefined) heads.set(form, writer.addFirst(exchangeLine.head(form), tail));
      else writer.addNext(head, tail);
    };
    /** Nothing that a program records may end what records it; whoever asked hears how many could not be told. */
    const tried = (add: () => void): void => {
      try {
        add();
      } catch {
        broken += 1;
      }
    };
    readBatch(batch, {
      entry: (json, place) => tried(() => writer.add(lineOf(JSON.parse(json) as CapturedEntry, idOf(place), seed.at))),
      exchange: (form, passed, place) => tried(() => addExchange(form, passed, idOf(place))),
    });
    return { lines: writer.take(), broken };
  };
};

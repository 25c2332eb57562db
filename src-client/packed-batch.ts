import { Buffer } from 'node:buffer';
import { type IdSeed, newIdSeed } from './event-ids.ts';
import type { Exchange } from './exchange.ts';
import type { PassedBody } from './told-body.ts';

/**
 * What was recorded within a tenth of a second, in two flat pieces of memory: of each item some numbers, and its texts
 * one behind the other. Neither the collector of the program that is watched nor the way to the thread has objects to
 * look at, however many items there are.
 */
export interface Batch {
  readonly seed: IdSeed;
  /** At most `idsOfSeed`. */
  readonly count: number;
  /** `perItem` for each. */
  readonly numbers: Float64Array;
  readonly bytes: Uint8Array;
}

/** An entry as JSON, or an exchange as it passed. */
export type Item = string | Exchange;

export interface BatchPacker {
  readonly count: number;
  /** So much memory the items take by now. */
  readonly size: number;
  addEntry(json: string): void;
  /** Throws what `JSON.stringify` throws of an actor or a module. */
  addExchange(exchange: Exchange): void;
  /** What was added, and begins anew. */
  take(): Batch;
}

/**
 * The numbers of an item. All of them have the bytes of their texts, an entry nothing else; an exchange its plain
 * numbers, and the lengths of its texts in the order in which they follow each other (UTF-16 units, -1 for null). A body
 * that is no text comes behind, with its length in bytes.
 */
const place = {
  textBytes: 0,
  isExchange: 1,
  began: 2,
  durationMs: 3,
  status: 4,
  aborted: 5,
  method: 6,
  url: 7,
  actor: 8,
  module: 9,
  address: 10,
  correlationId: 11,
  asked: 12,
  answered: 17,
} as const;
/** And of a body: … */
const bodyPlace = { type: 0, encoding: 1, text: 2, bytes: 3, more: 4 } as const;
const perItem = 22;

const firstItems = 64;
const firstBytes = 16 * 1024;
/** Memory that grew beyond this for some large bodies is given back. */
const keptBytes = 1024 * 1024;
/** A UTF-16 unit takes at most so many bytes as UTF-8. */
const bytesOfUnit = 3;

/** Shorter texts are written here: for them the way into Node’s own writing takes longer than the writing. */
const shortText = 100;

const lengthOf = (text: string | null): number => (text === null ? -1 : text.length);

/** The most that a body's texts and bytes can take. */
const mostOf = (body: PassedBody | null): number =>
  body === null
    ? 0
    : (body.type.length + body.encoding.length) * bytesOfUnit +
      body.kept.length * (typeof body.kept === 'string' ? bytesOfUnit : 1);

/** As JSON. */
const told = (value: Exchange['actor'] | Exchange['module']): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value);

/** A class, for each exchange of a program comes here: V8 reads plain fields of one shape best. */
class Packer implements BatchPacker {
  count = 0;
  /** Of the items' texts and bytes. */
  #end = 0;
  /** How far the next one has come: what one that throws has left is written over. */
  #used = 0;
  #numbers = new Float64Array(firstItems * perItem);
  #bytes = Buffer.allocUnsafeSlow(firstBytes);

  get size(): number {
    return this.#end + this.count * perItem * 8;
  }

  addEntry(json: string): void {
    this.#used = this.#end;
    this.#makeRoom(json.length * bytesOfUnit);
    this.#putText(json);
    const numbers = this.#numbers;
    const at = this.count * perItem;
    numbers[at + place.textBytes] = this.#used - this.#end;
    numbers[at + place.isExchange] = 0;
    this.#end = this.#used;
    this.count += 1;
  }

  addExchange(exchange: Exchange): void {
    const { method, url, address, correlationId, asked, answered } = exchange;
    const actor = told(exchange.actor);
    const module = told(exchange.module);
    this.#used = this.#end;
    const most = method.length + url.length + Math.max(lengthOf(actor), 0) + Math.max(lengthOf(module), 0);
    const rest = Math.max(lengthOf(address), 0) + Math.max(lengthOf(correlationId), 0);
    this.#makeRoom((most + rest) * bytesOfUnit + mostOf(asked) + mostOf(answered));
    this.#putText(method);
    this.#putText(url);
    if (actor !== null) this.#putText(actor);
    if (module !== null) this.#putText(module);
    if (address !== null) this.#putText(address);
    if (correlationId !== null) this.#putText(correlationId);
    this.#putBodyTexts(asked);
    this.#putBodyTexts(answered);
    const numbers = this.#numbers;
    const at = this.count * perItem;
    numbers[at + place.textBytes] = this.#used - this.#end;
    numbers[at + place.isExchange] = 1;
    numbers[at + place.began] = exchange.began;
    numbers[at + place.durationMs] = exchange.durationMs;
    numbers[at + place.status] = exchange.status;
    numbers[at + place.aborted] = exchange.aborted ? 1 : 0;
    numbers[at + place.method] = method.length;
    numbers[at + place.url] = url.length;
    numbers[at + place.actor] = lengthOf(actor);
    numbers[at + place.module] = lengthOf(module);
    numbers[at + place.address] = lengthOf(address);
    numbers[at + place.correlationId] = lengthOf(correlationId);
    this.#putBodyNumbers(at + place.asked, asked);
    this.#putBodyNumbers(at + place.answered, answered);
    this.#putBytes(asked);
    this.#putBytes(answered);
    this.#end = this.#used;
    this.count += 1;
  }

  take(): Batch {
    const batch = {
      seed: newIdSeed(),
      count: this.count,
      numbers: this.#numbers.slice(0, this.count * perItem),
      bytes: new Uint8Array(this.#bytes.subarray(0, this.#end)),
    };
    this.count = 0;
    this.#end = 0;
    if (this.#bytes.length > keptBytes) this.#bytes = Buffer.allocUnsafeSlow(firstBytes);
    return batch;
  }

  #makeRoom(more: number): void {
    if ((this.count + 1) * perItem > this.#numbers.length) {
      const larger = new Float64Array(this.#numbers.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    if (this.#used + more > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#used + more));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
  }

  #putText(text: string): void {
    const { length } = text;
    const bytes = this.#bytes;
    const used = this.#used;
    let done = 0;
    if (length <= shortText) {
      for (; done < length; done += 1) {
        const code = text.charCodeAt(done);
        // More than one byte: all of it is written as other texts are.
        if (code > 127) break;
        bytes[used + done] = code;
      }
    }
    this.#used = used + (done === length ? length : bytes.write(text, used));
  }

  #putBodyTexts(body: PassedBody | null): void {
    if (body === null) return;
    this.#putText(body.type);
    this.#putText(body.encoding);
    if (typeof body.kept === 'string') this.#putText(body.kept);
  }

  #putBodyNumbers(at: number, body: PassedBody | null): void {
    const numbers = this.#numbers;
    const isText = typeof body?.kept === 'string';
    numbers[at + bodyPlace.type] = body === null ? -1 : body.type.length;
    numbers[at + bodyPlace.encoding] = body === null ? -1 : body.encoding.length;
    numbers[at + bodyPlace.text] = isText ? body.kept.length : -1;
    numbers[at + bodyPlace.bytes] = isText || body === null ? -1 : body.kept.length;
    numbers[at + bodyPlace.more] = body === null ? 0 : body.more;
  }

  #putBytes(body: PassedBody | null): void {
    if (body === null || typeof body.kept === 'string') return;
    this.#bytes.set(body.kept, this.#used);
    this.#used += body.kept.length;
  }
}

export const createBatchPacker = (): BatchPacker => new Packer();

/** Calls `take` with each item of a batch, in their order, and its place. */
export const unpackBatch = (batch: Batch, take: (item: Item, place: number) => void): void => {
  const { numbers } = batch;
  const bytes = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.length);
  let from = 0;
  let text = '';
  let done = 0;
  let at = 0;
  const number = (field: number): number => numbers[at + field] ?? 0;
  const nextText = (length: number): string => {
    const said = text.slice(done, done + length);
    done += length;
    return said;
  };
  const nullable = (field: number): string | null => (number(field) < 0 ? null : nextText(number(field)));
  const parsed = (field: number): Exchange['actor'] & Exchange['module'] => {
    const json = nullable(field);
    return json === null ? null : JSON.parse(json);
  };
  /** Its texts; bytes come behind those of both bodies. */
  const body = (field: number): (Omit<PassedBody, 'kept'> & { kept: PassedBody['kept'] }) | null => {
    const type = nullable(field + bodyPlace.type);
    if (type === null) return null;
    const encoding = nullable(field + bodyPlace.encoding) ?? '';
    return { type, encoding, kept: nullable(field + bodyPlace.text) ?? '', more: number(field + bodyPlace.more) };
  };
  const addBytes = (to: { kept: PassedBody['kept'] } | null, field: number): void => {
    const length = number(field + bodyPlace.bytes);
    if (to === null || length < 0) return;
    to.kept = bytes.subarray(from, from + length);
    from += length;
  };

  for (let i = 0; i < batch.count; i += 1) {
    at = i * perItem;
    text = bytes.toString('utf8', from, from + number(place.textBytes));
    from += number(place.textBytes);
    done = 0;
    if (number(place.isExchange) === 0) {
      take(text, i);
      continue;
    }
    const method = nextText(number(place.method));
    const url = nextText(number(place.url));
    const actor = parsed(place.actor);
    const module = parsed(place.module);
    const address = nullable(place.address);
    const correlationId = nullable(place.correlationId);
    const asked = body(place.asked);
    const answered = body(place.answered);
    addBytes(asked, place.asked);
    addBytes(answered, place.answered);
    const began = number(place.began);
    const durationMs = number(place.durationMs);
    const status = number(place.status);
    const aborted = number(place.aborted) === 1;
    const plain = { began, durationMs, method, url, status, aborted, actor, module, address, correlationId };
    take({ ...plain, asked, answered }, i);
  }
};

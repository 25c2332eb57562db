import { Buffer } from 'node:buffer';
import { type IdSeed, newIdSeed } from './event-ids.ts';
import type { Exchange, ExchangeForm, PassedMoment } from './exchange.ts';
import { bytesOfUnit, isSameBytes, type PassedBody } from './told-body.ts';

/**
 * What was recorded within a tenth of a second, in flat pieces of memory: of each item some numbers, and the texts of all
 * one behind the other. Neither the collector of the program that is watched nor the way to the thread has objects to look
 * at, however many items there are. What many exchanges have in common, their form, is there once.
 */
export interface Batch {
  readonly seed: IdSeed;
  /** At most `idsOfSeed`. */
  readonly count: number;
  /** `perItem` for each item. */
  readonly numbers: Float64Array;
  /** `perForm` for each form, in the order in which the items bring them. */
  readonly forms: Float64Array;
  readonly bytes: Uint8Array;
}

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
 * The numbers of an item: its form, `noForm` for an entry; of an exchange its plain numbers; and the bytes of its own
 * text, which is an entry's JSON or an exchange's correlation id, -1 for null.
 */
const place = { form: 0, began: 1, durationMs: 2, textBytes: 3 } as const;
const perItem = 4;
const noForm = -1;

/**
 * The numbers of a form: the bytes of its texts, its plain numbers, and the lengths of its texts in the order in which
 * they follow each other (UTF-16 units, -1 for null). A body that is no text comes behind, with its length in bytes, and
 * then the text of the first item that has this form.
 */
const formPlace = {
  textBytes: 0,
  status: 1,
  aborted: 2,
  method: 3,
  url: 4,
  actor: 5,
  module: 6,
  address: 7,
  asked: 8,
  answered: 13,
} as const;
/** And of a body: … */
const bodyPlace = { type: 0, encoding: 1, text: 2, bytes: 3, more: 4 } as const;
const perForm = 18;

const firstItems = 64;
const firstForms = 8;
const firstBytes = 16 * 1024;
/** Memory that grew beyond this for some large bodies is given back. */
const keptBytes = 1024 * 1024;

/** Shorter texts are written here: for them the way into Node’s own writing takes longer than the writing. */
const shortText = 100;

/**
 * Only short exchanges share a form, so many UTF-16 units and bytes of all their texts and bodies: a thousand lines of one
 * long form would take far more memory than their batch.
 */
const longestShared = 1000;

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

const sizeOf = (body: PassedBody | null): number =>
  body === null ? 0 : body.type.length + body.encoding.length + body.kept.length;

const isSameKept = (one: PassedBody['kept'], other: PassedBody['kept']): boolean => {
  if (one === other) return true;
  return typeof one !== 'string' && typeof other !== 'string' && isSameBytes(one, other);
};

const isSameBody = (one: PassedBody | null, other: PassedBody | null): boolean => {
  if (one === null || other === null) return one === other;
  return (
    one.more === other.more &&
    one.type === other.type &&
    one.encoding === other.encoding &&
    isSameKept(one.kept, other.kept)
  );
};

/** A form that the batch has. */
class KnownForm {
  readonly number: number;
  readonly actor: string | null;
  readonly module: string | null;
  readonly #method: string;
  readonly #status: number;
  readonly #aborted: boolean;
  readonly #address: string | null;
  readonly #asked: PassedBody | null;
  readonly #answered: PassedBody | null;

  constructor(number: number, form: ExchangeForm, actor: string | null, module: string | null) {
    this.number = number;
    this.actor = actor;
    this.module = module;
    this.#method = form.method;
    this.#status = form.status;
    this.#aborted = form.aborted;
    this.#address = form.address;
    this.#asked = form.asked;
    this.#answered = form.answered;
  }

  /** Whether an exchange with the same path has this form, as far as it is not JSON. */
  fits(form: ExchangeForm): boolean {
    return (
      form.status === this.#status &&
      form.method === this.#method &&
      form.address === this.#address &&
      form.aborted === this.#aborted &&
      isSameBody(form.answered, this.#answered) &&
      isSameBody(form.asked, this.#asked)
    );
  }
}

/** Numbers of things of one kind, so many for each. */
const roomFor = (numbers: Float64Array, needed: number): Float64Array<ArrayBuffer> => {
  const larger = new Float64Array(Math.max(numbers.length * 2, needed));
  larger.set(numbers);
  return larger;
};

/** A class, for each exchange of a program comes here: V8 reads plain fields of one shape best. */
class Packer implements BatchPacker {
  count = 0;
  #formCount = 0;
  /** The last form of each path. */
  readonly #known = new Map<string, KnownForm>();
  /** Of the items' texts and bytes. */
  #end = 0;
  /** How far the next one has come: what one that throws has left is written over. */
  #used = 0;
  #numbers = new Float64Array(firstItems * perItem);
  #forms = new Float64Array(firstForms * perForm);
  #bytes = Buffer.allocUnsafeSlow(firstBytes);

  get size(): number {
    return this.#end + (this.count * perItem + this.#formCount * perForm) * 8;
  }

  addEntry(json: string): void {
    this.#used = this.#end;
    this.#putOwnText(json);
    this.#finish(noForm, 0, 0);
  }

  addExchange(exchange: Exchange): void {
    this.#used = this.#end;
    const actor = told(exchange.actor);
    const module = told(exchange.module);
    const known = this.#known.get(exchange.url);
    if (known !== undefined && known.actor === actor && known.module === module && known.fits(exchange)) {
      this.#putOwnText(exchange.correlationId);
      this.#finish(known.number, exchange.began, exchange.durationMs);
      return;
    }
    const number = this.#formCount;
    this.#putForm(exchange, actor, module);
    this.#putOwnText(exchange.correlationId);
    this.#finish(number, exchange.began, exchange.durationMs);
    this.#formCount += 1;
    const { url, asked, answered } = exchange;
    const size = url.length + (actor?.length ?? 0) + (module?.length ?? 0) + sizeOf(asked) + sizeOf(answered);
    if (size <= longestShared) this.#known.set(url, new KnownForm(number, exchange, actor, module));
  }

  take(): Batch {
    const batch = {
      seed: newIdSeed(),
      count: this.count,
      numbers: this.#numbers.slice(0, this.count * perItem),
      forms: this.#forms.slice(0, this.#formCount * perForm),
      bytes: new Uint8Array(this.#bytes.subarray(0, this.#end)),
    };
    this.count = 0;
    this.#formCount = 0;
    this.#known.clear();
    this.#end = 0;
    if (this.#bytes.length > keptBytes) this.#bytes = Buffer.allocUnsafeSlow(firstBytes);
    return batch;
  }

  #ownBytes = 0;
  #putOwnText(text: string | null): void {
    const before = this.#used;
    if (text !== null) {
      this.#makeRoom(text.length * bytesOfUnit);
      this.#putText(text);
    }
    this.#ownBytes = text === null ? -1 : this.#used - before;
  }

  /** The next item's numbers: it counts from here on. */
  #finish(form: number, began: number, durationMs: number): void {
    const at = this.count * perItem;
    if (at + perItem > this.#numbers.length) this.#numbers = roomFor(this.#numbers, at + perItem);
    const numbers = this.#numbers;
    numbers[at + place.form] = form;
    numbers[at + place.began] = began;
    numbers[at + place.durationMs] = durationMs;
    numbers[at + place.textBytes] = this.#ownBytes;
    this.#end = this.#used;
    this.count += 1;
  }

  #putForm(form: ExchangeForm, actor: string | null, module: string | null): void {
    const { method, url, address, asked, answered } = form;
    const units = method.length + url.length + Math.max(lengthOf(actor), 0) + Math.max(lengthOf(module), 0);
    this.#makeRoom((units + Math.max(lengthOf(address), 0)) * bytesOfUnit + mostOf(asked) + mostOf(answered));
    const before = this.#used;
    this.#putText(method);
    this.#putText(url);
    if (actor !== null) this.#putText(actor);
    if (module !== null) this.#putText(module);
    if (address !== null) this.#putText(address);
    this.#putBodyTexts(asked);
    this.#putBodyTexts(answered);
    const at = this.#formCount * perForm;
    if (at + perForm > this.#forms.length) this.#forms = roomFor(this.#forms, at + perForm);
    const numbers = this.#forms;
    numbers[at + formPlace.textBytes] = this.#used - before;
    numbers[at + formPlace.status] = form.status;
    numbers[at + formPlace.aborted] = form.aborted ? 1 : 0;
    numbers[at + formPlace.method] = method.length;
    numbers[at + formPlace.url] = url.length;
    numbers[at + formPlace.actor] = lengthOf(actor);
    numbers[at + formPlace.module] = lengthOf(module);
    numbers[at + formPlace.address] = lengthOf(address);
    this.#putBodyNumbers(at + formPlace.asked, asked);
    this.#putBodyNumbers(at + formPlace.answered, answered);
    this.#putBytes(asked);
    this.#putBytes(answered);
  }

  #makeRoom(more: number): void {
    if (this.#used + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#used + more));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
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
    const numbers = this.#forms;
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

/** Is given a batch's items, in their order, each with its place. */
export interface BatchReader {
  entry(json: string, place: number): void;
  /** Exchanges of one form come with the same object. */
  exchange(form: ExchangeForm, passed: PassedMoment, place: number): void;
}

export const readBatch = (batch: Batch, reader: BatchReader): void => {
  const { numbers } = batch;
  const bytes = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.length);
  const forms: ExchangeForm[] = [];
  let from = 0;
  const textOf = (length: number): string => {
    from += length;
    return bytes.toString('utf8', from - length, from);
  };

  const nextForm = (): ExchangeForm => {
    const at = forms.length * perForm;
    const number = (field: number): number => batch.forms[at + field] ?? 0;
    const text = textOf(number(formPlace.textBytes));
    let done = 0;
    const nextText = (length: number): string => {
      const said = text.slice(done, done + length);
      done += length;
      return said;
    };
    const nullable = (field: number): string | null => (number(field) < 0 ? null : nextText(number(field)));
    const parsed = (field: number): ExchangeForm['actor'] & ExchangeForm['module'] => {
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
    const method = nextText(number(formPlace.method));
    const url = nextText(number(formPlace.url));
    const actor = parsed(formPlace.actor);
    const module = parsed(formPlace.module);
    const address = nullable(formPlace.address);
    const asked = body(formPlace.asked);
    const answered = body(formPlace.answered);
    addBytes(asked, formPlace.asked);
    addBytes(answered, formPlace.answered);
    const aborted = number(formPlace.aborted) === 1;
    const form = { method, url, status: number(formPlace.status), aborted, actor, module, address, asked, answered };
    forms.push(form);
    return form;
  };

  for (let i = 0; i < batch.count; i += 1) {
    const at = i * perItem;
    const number = numbers[at + place.form] ?? noForm;
    // A form's texts lie before those of its first item.
    const form = number === noForm ? null : (forms[number] ?? nextForm());
    const ownBytes = numbers[at + place.textBytes] ?? -1;
    const text = ownBytes < 0 ? null : textOf(ownBytes);
    if (form === null) reader.entry(text ?? '', i);
    else {
      const began = numbers[at + place.began] ?? 0;
      const durationMs = numbers[at + place.durationMs] ?? 0;
      reader.exchange(form, { began, durationMs, correlationId: text }, i);
    }
  }
};

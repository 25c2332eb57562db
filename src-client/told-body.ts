import { Buffer } from 'node:buffer';

/** So much of a body is kept. */
export const defaultBodyBytes = 64 * 1024;

/** A body that has passed, with what was kept of it from its first byte on. */
export interface PassedBody {
  readonly type: string;
  /** Empty when it is not packed. */
  readonly encoding: string;
  /** A text where all of it came as text. */
  readonly kept: string | Uint8Array;
  /** So many bytes passed after what was kept. */
  readonly more: number;
}

/** A UTF-16 unit takes at most so many bytes as UTF-8. */
export const bytesOfUnit = 3;

const isUtf8 = (encoding: unknown): boolean =>
  typeof encoding !== 'string' || encoding === 'utf8' || encoding === 'utf-8';

const joined = (pieces: readonly (string | Uint8Array)[]): string | Uint8Array => {
  const [only = ''] = pieces;
  if (pieces.length < 2) return only;
  return pieces.every((piece) => typeof piece === 'string')
    ? pieces.join('')
    : Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
};

/** The beginning of some bytes: a copy, for whoever sent them may use their memory for something else. */
const beginningOf = (bytes: Uint8Array, most: number): Uint8Array => {
  const size = Math.min(bytes.length, most);
  // Small ones come from Node’s pool.
  const kept = Buffer.allocUnsafe(size);
  kept.set(size === bytes.length ? bytes : bytes.subarray(0, size));
  return kept;
};

/** Shorter bytes are compared here: the way into Node’s own comparing takes longer. */
const shortBytes = 64;
export const isSameBytes = (one: Uint8Array, other: Uint8Array): boolean => {
  if (one.length !== other.length) return false;
  if (one.length > shortBytes) return Buffer.compare(one, other) === 0;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
};

/** Many answers are as short as this, and the same as one before, whose copy is good for both. The last of each length. */
const longestKnown = 256;
const knownBytes: (Uint8Array | null)[] = Array.from({ length: longestKnown + 1 }, () => null);
const copyOf = (bytes: Uint8Array): Uint8Array => {
  const { length } = bytes;
  if (length > longestKnown) return beginningOf(bytes, length);
  const known = knownBytes[length] ?? null;
  if (known !== null && isSameBytes(known, bytes)) return known;
  const copy = beginningOf(bytes, length);
  knownBytes[length] = copy;
  return copy;
};

/** Collects a body as it passes, up to a limit: its own memory is all that it touches. */
class BodyTap {
  readonly #most: number;
  readonly #pieces: (string | Uint8Array)[] = [];
  #keptBytes = 0;
  #more = 0;

  /** So many bytes are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Never throws. */
  take(chunk: unknown, encoding: unknown): void {
    const room = this.#most - this.#keptBytes;
    if (typeof chunk === 'string' && isUtf8(encoding)) {
      const size = Buffer.byteLength(chunk);
      // A text stays what it is: nobody can change it meanwhile.
      if (size <= room) this.#keep(chunk, size);
      else this.#keepSome(Buffer.from(chunk), room);
    } else if (typeof chunk === 'string') {
      // Node says no to an encoding that is none; this is not the place to.
      const known = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
      this.#keepSome(Buffer.from(chunk, known), room);
    } else if (chunk instanceof Uint8Array) {
      this.#keepSome(chunk, room);
    }
  }

  #keepSome(bytes: Uint8Array, room: number): void {
    const kept = Math.min(bytes.length, room);
    if (kept > 0) this.#keep(beginningOf(bytes, kept), kept);
    this.#more += bytes.length - kept;
  }

  #keep(piece: string | Uint8Array, size: number): void {
    if (size === 0) return;
    this.#keptBytes += size;
    this.#pieces.push(piece);
  }

  get keptBytes(): number {
    return this.#keptBytes;
  }

  passed(): Pick<PassedBody, 'kept' | 'more'> {
    return { kept: joined(this.#pieces), more: this.#more };
  }
}

/** A body while it passes: nothing yet, a single piece as most are, or more than one. */
export type Passing = string | Uint8Array | BodyTap | null;

/** A body with the piece that passes, of which `most` bytes are kept. Never throws. */
export const withPiece = (body: Passing, chunk: unknown, encoding: unknown, most: number): Passing => {
  if (body === null) {
    if (typeof chunk === 'string') {
      // A text stays what it is: nobody can change it meanwhile.
      if (chunk.length * bytesOfUnit <= most && isUtf8(encoding)) return chunk === '' ? null : chunk;
    } else if (!(chunk instanceof Uint8Array) || chunk.length === 0) return null;
    else if (chunk.length <= most) return copyOf(chunk);
  }
  if (body instanceof BodyTap) {
    body.take(chunk, encoding);
    return body;
  }
  const tap = new BodyTap(most);
  if (body !== null) tap.take(body, 'utf8');
  tap.take(chunk, encoding);
  return tap;
};

/** So much memory is kept, about. */
export const keptBytesOf = (body: Passing): number => {
  if (body === null) return 0;
  return body instanceof BodyTap ? body.keptBytes : body.length;
};

/** What there is to tell of a body that has passed; null when there was none. */
export const passedBody = (body: Passing, type: unknown, encoding: unknown): PassedBody | null => {
  if (body === null) return null;
  const { kept, more } = body instanceof BodyTap ? body.passed() : { kept: body, more: 0 };
  if (kept.length + more === 0) return null;
  return {
    type: type === undefined || type === null ? '' : String(type),
    encoding: encoding === undefined || encoding === null || encoding === 'identity' ? '' : String(encoding),
    kept,
    more,
  };
};

const textTypes =
  /^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml|javascript|x-www-form-urlencoded|graphql|yaml)|multipart\/form-data)/i;
const streamTypes = /^(?:text\/event-stream|application\/x-ndjson|application\/grpc)/i;

/** Nested deeper than this a body is told as text: Bitácora takes no deeper values, and what is sent must be recorded. */
const deepestJson = 100;

/** True when so many brackets are open at once; those inside texts count too, which only makes a body be told as text. */
const isDeep = (text: string): boolean => {
  let open = 0;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (character === '{' || character === '[') open += 1;
    else if (character === '}' || character === ']') open -= 1;
    if (open > deepestJson) return true;
  }
  return false;
};

/**
 * What is told of a body: JSON as JSON, text as text, of what was cut its beginning and how long it was, of what is no
 * text only its kind and size.
 */
export const tellBody = ({ type, encoding, kept, more }: PassedBody): unknown => {
  const keptBytes = typeof kept === 'string' ? Buffer.byteLength(kept) : kept.length;
  const bytes = keptBytes + more;
  if (streamTypes.test(type)) return `[stream: ${type.slice(0, 100)}, ${bytes} bytes]`;
  const text = typeof kept === 'string' ? kept : Buffer.from(kept.buffer, kept.byteOffset, kept.length).toString();
  const isText =
    encoding === '' && (type === '' ? !text.includes('\ufffd') && !text.includes('\0') : textTypes.test(type));
  if (!isText) {
    return `[binary: ${(encoding === '' ? type : `${type}, ${encoding}`).slice(0, 100)}, ${bytes} bytes]`;
  }
  if (keptBytes === 0) return `[text: ${type.slice(0, 100)}, ${bytes} bytes]`;
  if (more > 0) return `${text}[cut: ${keptBytes} of ${bytes} bytes]`;
  if (!/json/i.test(type) || isDeep(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // A body that says it is JSON and is not: what it says is told.
    return text;
  }
};

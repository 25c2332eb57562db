/** So much of a body is kept. */
export const defaultBodyBytes = 64 * 1024;

/** A body that has passed, with what was kept of it from its first byte on. */
export interface PassedBody {
  readonly type: string;
  /** Empty when it is not packed. */
  readonly encoding: string;
  readonly bytes: number;
  /** Bytes of `kept`. */
  readonly keptBytes: number;
  readonly kept: readonly (string | Uint8Array)[];
}

/** Collects a body as it passes, up to a limit. */
export interface BodyTap {
  take(chunk: unknown, encoding?: unknown): void;
  /** Null when nothing passed. */
  passed(type: unknown, encoding: unknown): PassedBody | null;
}

const isUtf8 = (encoding: unknown): boolean =>
  typeof encoding !== 'string' || encoding === 'utf8' || encoding === 'utf-8';

export const createBodyTap = (most: number): BodyTap => {
  const kept: (string | Uint8Array)[] = [];
  let keptBytes = 0;
  let bytes = 0;
  return {
    take: (chunk, encoding) => {
      if (typeof chunk === 'string' && isUtf8(encoding)) {
        // A text stays what it is: nobody can change it meanwhile.
        const size = Buffer.byteLength(chunk);
        if (size === 0) return;
        if (keptBytes + size <= most) {
          bytes += size;
          keptBytes += size;
          kept.push(chunk);
          return;
        }
      }
      if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
      const piece = typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding | undefined) : chunk;
      bytes += piece.length;
      if (keptBytes >= most || piece.length === 0) return;
      // A copy: whoever sent it may use its memory for something else.
      const some = Uint8Array.prototype.slice.call(piece, 0, most - keptBytes);
      kept.push(some);
      keptBytes += some.length;
    },
    passed: (type, encoding) =>
      bytes === 0
        ? null
        : {
            type: type === undefined ? '' : String(type),
            encoding: encoding === undefined || encoding === 'identity' ? '' : String(encoding),
            bytes,
            keptBytes,
            kept,
          },
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
export const tellBody = ({ type, encoding, bytes, keptBytes, kept }: PassedBody): unknown => {
  if (streamTypes.test(type)) return `[stream: ${type.slice(0, 100)}, ${bytes} bytes]`;
  const [only] = kept;
  const text =
    kept.length === 1 && typeof only === 'string'
      ? only
      : Buffer.concat(kept.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece))).toString('utf8');
  const isText =
    encoding === '' && (type === '' ? !text.includes('\ufffd') && !text.includes('\0') : textTypes.test(type));
  if (!isText) {
    return `[binary: ${(encoding === '' ? type : `${type}, ${encoding}`).slice(0, 100)}, ${bytes} bytes]`;
  }
  if (keptBytes === 0) return `[text: ${type.slice(0, 100)}, ${bytes} bytes]`;
  if (bytes > keptBytes) return `${text}[cut: ${keptBytes} of ${bytes} bytes]`;
  if (!/json/i.test(type) || isDeep(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // A body that says it is JSON and is not: what it says is told.
    return text;
  }
};

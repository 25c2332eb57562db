/** So much of a body is kept. */
export const defaultBodyBytes = 64 * 1024;

/** Collects a body as it passes, up to a limit. */
export interface BodyTap {
  take(chunk: unknown, encoding?: unknown): void;
  /** Bytes that passed. */
  readonly bytes: number;
  /** What was kept of them, from the first. */
  kept(): Buffer;
}

export const createBodyTap = (most: number): BodyTap => {
  const chunks: Buffer[] = [];
  let keptBytes = 0;
  let bytes = 0;
  return {
    take: (chunk, encoding) => {
      if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
      const piece =
        typeof chunk === 'string'
          ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
          : chunk;
      bytes += piece.length;
      if (keptBytes >= most) return;
      // A copy: whoever sent it may use its memory for something else.
      const some = Buffer.from(piece.subarray(0, most - keptBytes));
      chunks.push(some);
      keptBytes += some.length;
    },
    get bytes() {
      return bytes;
    },
    kept: () => Buffer.concat(chunks),
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
 * text only its kind and size. Undefined when there was none.
 */
export const tellBody = (tap: BodyTap, type: string | undefined, encoding: string | undefined): unknown => {
  if (tap.bytes === 0) return undefined;
  const kind = type ?? '';
  if (streamTypes.test(kind)) return `[stream: ${kind.slice(0, 100)}, ${tap.bytes} bytes]`;
  const isPacked = encoding !== undefined && encoding !== 'identity';
  const kept = tap.kept();
  const text = kept.toString('utf8');
  const isText = !isPacked && (kind === '' ? !text.includes('\ufffd') && !text.includes('\0') : textTypes.test(kind));
  if (!isText) return `[binary: ${(isPacked ? `${kind}, ${encoding}` : kind).slice(0, 100)}, ${tap.bytes} bytes]`;
  if (tap.bytes > kept.length) return `${text}[cut: ${kept.length} of ${tap.bytes} bytes]`;
  if (!/json/i.test(kind) || isDeep(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // A body that says it is JSON and is not: what it says is told.
    return text;
  }
};

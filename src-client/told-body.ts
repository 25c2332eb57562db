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
  if (!/json/i.test(kind)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // A body that says it is JSON and is not: what it says is told.
    return text;
  }
};

import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createGate } from '#main/http/gate.ts';
import { maxBatchEntries, maxCaptureBytes } from '#shared/contract/capture.ts';
import { BitacoraError, cancelled } from '#shared/contract/errors.ts';
import { exactNumbers } from '#shared/text/exact-numbers.ts';

/** How long a body may take to arrive, milliseconds. */
const patience = 60_000;
/** A body of this size is small: many of them are read at once. */
const smallBytes = 256 * 1024;
const smallBodies = 16 * 1024 * 1024;
/** So many larger ones are read at once; with what becomes of them, each takes some 100 MB for a moment. */
const largeBodies = 3;

const formats: Readonly<Record<string, 'json' | 'lines'>> = {
  'application/json': 'json',
  'application/x-ndjson': 'lines',
  'application/ndjson': 'lines',
  'application/jsonl': 'lines',
  'application/x-jsonlines': 'lines',
};

interface BodyKind {
  readonly format: 'json' | 'lines';
  readonly packed: boolean;
}

/** Throws `unsupported_media`. */
const kindOf = (request: IncomingMessage): BodyKind => {
  const type = request.headers['content-type'] ?? '-';
  const [name = '', ...parameters] = type.toLowerCase().split(';');
  const format = Object.hasOwn(formats, name.trim()) ? formats[name.trim()] : undefined;
  const charset = parameters.map((parameter) => /^\s*charset\s*=\s*"?([^"\s]+)/.exec(parameter)?.[1]).find(Boolean);
  if (format === undefined || (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')) {
    throw new BitacoraError('unsupported_media', { type: type.slice(0, 200), fields: 'content-type' });
  }
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'gzip' && encoding !== 'x-gzip' && encoding !== 'identity') {
    throw new BitacoraError('unsupported_media', { type: encoding.slice(0, 200), fields: 'content-encoding' });
  }
  return { format, packed: encoding !== 'identity' };
};

const tooLarge = (): BitacoraError => new BitacoraError('too_large', { limit: maxCaptureBytes, fields: '(body)' });

/**
 * Collects a body. What is over the limit is still read, and dropped, so that the answer arrives and the connection goes
 * on. `grow` is awaited before more than a small body is kept.
 */
const collect = (
  request: IncomingMessage,
  packed: boolean,
  grow: () => Promise<void>,
  signal: AbortSignal,
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let isLarge = false;
    const unpacked: Readable = packed ? request.pipe(createGunzip()) : request;
    const end = (error: unknown): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      unpacked.off('data', take);
      if (packed) {
        request.unpipe();
        unpacked.destroy();
      }
      request.resume();
      if (error === null) resolve(Buffer.concat(chunks));
      else reject(error);
    };
    const abort = (): void => end(cancelled());
    const timer = setTimeout(() => end(new BitacoraError('unreadable', { fields: '(body)' })), patience);
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > maxCaptureBytes) {
        end(tooLarge());
        return;
      }
      chunks.push(chunk);
      if (bytes <= smallBytes || isLarge) return;
      isLarge = true;
      unpacked.pause();
      grow().then(() => unpacked.resume(), end);
    };
    unpacked.on('data', take);
    unpacked.on('end', () => end(null));
    // A broken gzip, or a sender who left in the middle.
    unpacked.on('error', (error) => end(new BitacoraError('unreadable', { fields: '(body)' }, { cause: error })));
    if (packed) request.on('error', (error) => end(new BitacoraError('unreadable', {}, { cause: error })));
    signal.addEventListener('abort', abort, { once: true });
  });

const unreadable = (place: string, cause: unknown): BitacoraError =>
  new BitacoraError('unreadable', { fields: place }, { cause });

const parse = (text: string, place: string): unknown => {
  try {
    return exactNumbers(text, JSON.parse(text) as unknown);
  } catch (error) {
    // A RangeError: nested beyond what can be looked through at all.
    if (error instanceof RangeError) {
      const issues = [{ field: place, message: 'is nested too deep' }];
      throw new BitacoraError('invalid', { fields: place, issues }, { cause: error });
    }
    throw unreadable(place, error);
  }
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

const entriesIn = (body: Buffer, format: BodyKind['format']): readonly unknown[] => {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch (error) {
    throw unreadable('(body)', error);
  }
  if (format === 'json') {
    const value = parse(text, '(body)');
    return Array.isArray(value) ? value : [value];
  }
  const entries: unknown[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    if (entries.length >= maxBatchEntries) throw new BitacoraError('too_many_entries', { limit: maxBatchEntries });
    entries.push(parse(line, `[${entries.length}]`));
  }
  return entries;
};

/** Reads the bodies of capture; what they take of memory together is bounded, and who has to wait is not read meanwhile. */
export const createCaptureBodies = () => {
  const small = createGate(smallBodies);
  const large = createGate(largeBodies);

  /**
   * The entries of a request’s body, and what gives its room back once they are stored. Throws `unsupported_media`,
   * `too_large`, `too_many_entries`, `unreadable` and `not_accepting`.
   */
  return async (
    request: IncomingMessage,
    signal: AbortSignal,
  ): Promise<{ readonly entries: readonly unknown[]; readonly leave: () => void }> => {
    const { format, packed } = kindOf(request);
    const declared = Number(request.headers['content-length'] ?? Number.NaN);
    if (declared > maxCaptureBytes) throw tooLarge();
    const left: (() => void)[] = [];
    const leave = (): void => {
      for (const giveBack of left.splice(0)) giveBack();
    };
    try {
      left.push(await small.enter(packed || !(declared < smallBytes) ? smallBytes : declared, signal));
      const grow = async (): Promise<void> => {
        left.push(await large.enter(1, signal));
      };
      const body = await collect(request, packed, grow, signal);
      const entries = entriesIn(body, format);
      if (entries.length > maxBatchEntries) throw new BitacoraError('too_many_entries', { limit: maxBatchEntries });
      if (entries.length === 0)
        throw new BitacoraError('invalid', {
          fields: '(body)',
          issues: [{ field: '(body)', message: 'has no entries' }],
        });
      return { entries, leave };
    } catch (error) {
      leave();
      throw error;
    }
  };
};

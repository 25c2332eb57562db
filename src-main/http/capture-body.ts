import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createGate } from '#main/http/gate.ts';
import { type CaptureFormat, maxCaptureBytes } from '#shared/contract/capture.ts';
import { BitacoraError, cancelled } from '#shared/contract/errors.ts';

/** A body of this size is small: many of them are read at once. */
const smallBytes = 256 * 1024;
const smallBodies = 16 * 1024 * 1024;
/** So many larger ones are read at once; with what becomes of them, each takes some 100 MB for a moment. */
const largeBodies = 3;

const formats: Readonly<Record<string, CaptureFormat>> = {
  'application/json': 'json',
  'application/x-ndjson': 'lines',
  'application/ndjson': 'lines',
  'application/jsonl': 'lines',
  'application/x-jsonlines': 'lines',
};

interface BodyKind {
  readonly format: CaptureFormat;
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
  patienceMs: number,
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
    const timer = setTimeout(() => end(new BitacoraError('unreadable', { fields: '(body)' })), patienceMs);
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

/**
 * A small body that is here already, which is how nearly all of them come: the head and it in one piece. Null when it has
 * to be waited for.
 */
const takeAtOnce = (request: IncomingMessage, declared: number): Buffer | null => {
  if (request.readableLength !== declared || declared === 0) return null;
  const body: unknown = request.read();
  return body instanceof Buffer ? body : null;
};

/**
 * Reads the bodies of capture; what they take of memory together is bounded, and who has to wait is not read meanwhile. A
 * body may take `patienceMs` to arrive.
 */
export const createCaptureBodies = (patienceMs: number) => {
  const small = createGate(smallBodies);
  const large = createGate(largeBodies);

  /**
   * A request’s body, unpacked, and what gives its room back once it is stored. Throws `unsupported_media`, `too_large`,
   * `unreadable` and `not_accepting`.
   */
  return async (
    request: IncomingMessage,
    signal: AbortSignal,
  ): Promise<{ readonly body: Buffer; readonly format: CaptureFormat; readonly leave: () => void }> => {
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
      const body =
        (packed ? null : takeAtOnce(request, declared)) ?? (await collect(request, packed, grow, patienceMs, signal));
      return { body, format, leave };
    } catch (error) {
      leave();
      throw error;
    }
  };
};

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CaptureClient } from './capture-client.ts';
import type { CapturedEntry } from './captured-entry.ts';
import { type Actor, withinRequest } from './context.ts';
import type { Exchange } from './exchange.ts';
import { createBodyTap, defaultBodyBytes } from './told-body.ts';

/** Who was signed in, or only the login; null for nobody. */
export type ToldUser = Actor;

export interface WatchOptions<Request> {
  /** Asked when the response is done; nobody unless told. */
  readonly user?: (request: Request) => ToldUser;
  /** The module of the entries; “API Request” unless told. */
  readonly module?: CapturedEntry['module'];
  /** So many bytes of each body are kept; 64 KiB unless told. With 0 only kind and size are told. */
  readonly maxBodyBytes?: number;
  /** The same for the answer's body alone. */
  readonly maxAnswerBytes?: number;
  /** Requests that are not recorded, by their path. */
  readonly ignore?: (path: string, method: string) => boolean;
}

/** All that a middleware needs of a client. */
export type ExchangeTaker = Pick<CaptureClient, 'recordExchange'>;

/** What there is of a user: `user` may give a whole record of the program’s, of which most is nobody’s business here. */
const tellActor = (user: unknown): Actor => {
  if (typeof user === 'string' || typeof user === 'number') return String(user);
  if (typeof user !== 'object' || user === null) return null;
  const { id, login, name, email } = user as Readonly<Record<string, unknown>>;
  const plain = (value: unknown): string | null =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
  return { id: plain(id), login: plain(login), name: plain(name), email: plain(email) };
};

const textOf = (header: string | readonly string[] | undefined): string | null =>
  (typeof header === 'string' ? header : header?.[0]) ?? null;

/** A header that `writeHead` was given, which the response does not tell of afterwards: in an object, or a flat list. */
const headerIn = (given: unknown, wanted: string): unknown => {
  if (typeof given !== 'object' || given === null) return undefined;
  const isList = Array.isArray(given);
  const names = isList ? given.filter((_name, place) => place % 2 === 0) : Object.keys(given);
  const place = names.findIndex((name) => String(name).toLowerCase() === wanted);
  if (place < 0) return undefined;
  return isList ? given[place * 2 + 1] : (given as Readonly<Record<string, unknown>>)[names[place]];
};

/** Watches one exchange without touching it: what the program reads and writes passes as it would. */
const watch = <Request>(
  client: ExchangeTaker,
  options: WatchOptions<Request>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  request: Request,
  next: () => void,
): void => {
  const { url = '', method = '', headers } = incoming;
  if (options.ignore !== undefined) {
    const mark = url.indexOf('?');
    if (options.ignore(mark < 0 ? url : url.slice(0, mark), method)) {
      next();
      return;
    }
  }
  const clock = performance.now();
  const began = Date.now();
  const most = options.maxBodyBytes ?? defaultBodyBytes;
  const answered = createBodyTap(options.maxAnswerBytes ?? most);
  const address = incoming.socket.remoteAddress ?? null;
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  const asked = hasBody ? createBodyTap(most) : null;
  if (asked !== null) {
    // Chunks come in by `push`, whoever reads them later and however.
    const { push } = incoming;
    incoming.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      asked.take(chunk, encoding);
      return push.call(incoming, chunk, encoding);
    };
  }
  const { write, end, writeHead } = outgoing;
  let given: unknown;
  outgoing.writeHead = ((...words: Parameters<typeof writeHead>) => {
    given = words.at(-1);
    return writeHead.apply(outgoing, words);
  }) as typeof writeHead;
  outgoing.write = ((...words: Parameters<typeof write>): boolean => {
    answered.take(words[0], words[1]);
    return write.apply(outgoing, words);
  }) as typeof write;
  outgoing.end = ((...words: Parameters<typeof end>) => {
    answered.take(words[0], words[1]);
    return end.apply(outgoing, words);
  }) as typeof end;

  const own = textOf(headers['x-request-id'] ?? headers['x-correlation-id']);
  const user = (): Actor => tellActor(options.user?.(request));
  let madeUp: string | null = null;

  outgoing.on('close', () => {
    const known = {
      began,
      durationMs: performance.now() - clock,
      method,
      url,
      status: outgoing.statusCode,
      aborted: !outgoing.writableFinished,
      address,
      correlationId: own ?? madeUp,
    };
    const nothing = { actor: null, module: null, asked: null, answered: null };
    let whole: Exchange = { ...known, ...nothing };
    try {
      whole = {
        ...known,
        actor: user(),
        module: options.module ?? null,
        asked: asked?.passed(headers['content-type'], headers['content-encoding']) ?? null,
        answered: answered.passed(
          headerIn(given, 'content-type') ?? outgoing.getHeader('content-type'),
          headerIn(given, 'content-encoding') ?? outgoing.getHeader('content-encoding'),
        ),
      };
    } catch {
      // `user` threw, or a header is strange: the exchange is told without what could not be had.
    }
    client.recordExchange(whole);
  });

  withinRequest(() => {
    madeUp = own === null ? randomUUID() : null;
    return { actor: user, correlationId: own ?? madeUp };
  }, next);
};

/** For Express and everything else that takes connect’s middleware: `app.use(watchExpress(client, …))`, before the rest. */
export const watchExpress =
  <Request extends IncomingMessage>(client: ExchangeTaker, options: WatchOptions<Request> = {}) =>
  (request: Request, response: ServerResponse, next: () => void): void =>
    watch(client, options, request, response, request, () => next());

/** What is needed of a Fastify request. */
interface FastifyLike {
  readonly raw: IncomingMessage;
}

/** For Fastify: `app.addHook('onRequest', watchFastify(client, …))`. */
export const watchFastify =
  <Request extends FastifyLike>(client: ExchangeTaker, options: WatchOptions<Request> = {}) =>
  (request: Request, reply: { readonly raw: ServerResponse }, done: () => void): void =>
    watch(client, options, request.raw, reply.raw, request, () => done());

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CaptureClient } from './capture-client.ts';
import type { CapturedEntry } from './captured-entry.ts';
import { type Actor, withinRequest } from './context.ts';
import { partsOfUrl } from './exchange.ts';
import { BodyTap, defaultBodyBytes, type PassedBody } from './told-body.ts';

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

/**
 * A header of a request, as it was sent. Node makes its object of all of them when somebody first asks for it, which many
 * routes never do; a request without a list of them was made up by the program.
 */
const headerOf = (incoming: IncomingMessage, wanted: string): string | null => {
  const { rawHeaders = [] } = incoming;
  for (let place = 0; place < rawHeaders.length; place += 2) {
    const name = rawHeaders[place];
    if (name?.length === wanted.length && name.toLowerCase() === wanted) return rawHeaders[place + 1] ?? null;
  }
  if (rawHeaders.length > 0) return null;
  const value = incoming.headers[wanted];
  return (typeof value === 'string' ? value : value?.[0]) ?? null;
};

/** A header that `writeHead` was given, which the response does not tell of afterwards: in an object, or a flat list. */
const headerIn = (given: unknown, wanted: string): unknown => {
  if (typeof given !== 'object' || given === null) return undefined;
  const isList = Array.isArray(given);
  const names = isList ? given.filter((_name, place) => place % 2 === 0) : Object.keys(given);
  const place = names.findIndex((name) => String(name).toLowerCase() === wanted);
  if (place < 0) return undefined;
  return isList ? given[place * 2 + 1] : (given as Readonly<Record<string, unknown>>)[names[place]];
};

const actorOf = <Request>({ user }: WatchOptions<Request>, request: Request): Actor => {
  try {
    return user === undefined ? null : tellActor(user(request));
  } catch {
    // The program's own `user` threw: nobody is better than no entry.
    return null;
  }
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
  const { url = '', method = '' } = incoming;
  if (options.ignore?.(partsOfUrl(url)[0], method)) {
    next();
    return;
  }
  const clock = performance.now();
  const began = Date.now();
  const most = options.maxBodyBytes ?? defaultBodyBytes;
  const answered = new BodyTap(options.maxAnswerBytes ?? most);
  const address = incoming.socket.remoteAddress ?? null;
  let asked: BodyTap | null = null;
  if (headerOf(incoming, 'content-length') !== null || headerOf(incoming, 'transfer-encoding') !== null) {
    const tap = new BodyTap(most);
    asked = tap;
    // Chunks come in by `push`, whoever reads them later and however.
    const { push } = incoming;
    const watchedPush = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      tap.take(chunk, encoding);
      return push.call(incoming, chunk, encoding);
    };
    incoming.push = watchedPush;
  }
  // Each has a name before it is put into its place. V8 makes a function that is written down as the value of a property
  // among its old objects, as a method that stays; it would keep the whole exchange until the old ones are collected.
  const { write, end, writeHead } = outgoing;
  let given: unknown;
  const watchedHead = (...words: Parameters<typeof writeHead>) => {
    given = words[words.length - 1];
    return writeHead.apply(outgoing, words);
  };
  const watchedWrite = (...words: Parameters<typeof write>): boolean => {
    answered.take(words[0], words[1]);
    return write.apply(outgoing, words);
  };
  const watchedEnd = (...words: Parameters<typeof end>) => {
    answered.take(words[0], words[1]);
    return end.apply(outgoing, words);
  };
  outgoing.writeHead = watchedHead as typeof writeHead;
  outgoing.write = watchedWrite as typeof write;
  outgoing.end = watchedEnd as typeof end;

  let correlationId = headerOf(incoming, 'x-request-id') ?? headerOf(incoming, 'x-correlation-id');

  outgoing.on('close', () => {
    const durationMs = performance.now() - clock;
    let askedBody: PassedBody | null = null;
    let answeredBody: PassedBody | null = null;
    try {
      if (asked !== null && !asked.isEmpty) {
        askedBody = asked.passed(headerOf(incoming, 'content-type'), headerOf(incoming, 'content-encoding'));
      }
      if (!answered.isEmpty) {
        answeredBody = answered.passed(
          headerIn(given, 'content-type') ?? outgoing.getHeader('content-type'),
          headerIn(given, 'content-encoding') ?? outgoing.getHeader('content-encoding'),
        );
      }
    } catch {
      // A header is strange: the exchange is told without what could not be had.
    }
    client.recordExchange({
      began,
      durationMs,
      method,
      url,
      status: outgoing.statusCode,
      aborted: !outgoing.writableFinished,
      actor: actorOf(options, request),
      module: options.module ?? null,
      address,
      correlationId,
      asked: askedBody,
      answered: answeredBody,
    });
  });

  withinRequest(() => {
    correlationId ??= randomUUID();
    return { actor: () => actorOf(options, request), correlationId };
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

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CaptureClient, CapturedEntry } from './capture-client.ts';
import { createBodyTap, defaultBodyBytes, tellBody } from './told-body.ts';

/** Who was signed in, or only the login; null for nobody. */
export type ToldUser = CapturedEntry['actor'];

export interface WatchOptions<Request> {
  /** Asked when the response is done; nobody unless told. */
  readonly user?: (request: Request) => ToldUser | undefined;
  /** The module of the entries; “API Request” unless told. */
  readonly module?: CapturedEntry['module'];
  /** So many bytes of each body are kept; 64 KiB unless told. */
  readonly maxBodyBytes?: number;
  /** Requests that are not recorded, by their path. */
  readonly ignore?: (path: string) => boolean;
}

/** What there is of a user: `user` may give a whole record of the program’s, of which most is nobody’s business here. */
const tellActor = (user: unknown): CapturedEntry['actor'] => {
  if (typeof user === 'string' || typeof user === 'number') return String(user);
  if (typeof user !== 'object' || user === null) return null;
  const { id, login, name, email } = user as Readonly<Record<string, unknown>>;
  const plain = (value: unknown): string | null =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
  return { id: plain(id), login: plain(login), name: plain(name), email: plain(email) };
};

/** What HTTP has for a status; a program may send any number. */
const isStatus = (status: number): boolean => status >= 100 && status <= 599;

const textOf = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : header?.[0];

/** The headers that `writeHead` is given, which the response does not tell of afterwards: an object, or a flat list. */
const headersIn = (words: readonly unknown[]): ReadonlyMap<string, string> => {
  const given = words.at(-1);
  if (typeof given !== 'object' || given === null) return new Map();
  const pairs = Array.isArray(given)
    ? given.flatMap((name, place) => (place % 2 === 0 ? [[name, given[place + 1]] as const] : []))
    : Object.entries(given);
  return new Map(pairs.map(([name, value]) => [String(name).toLowerCase(), String(value)]));
};

/** Watches one exchange without touching it: what the program reads and writes passes as it would. */
const watch = <Request>(
  client: CaptureClient,
  options: WatchOptions<Request>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  request: Request,
): void => {
  const [path = '', query] = (incoming.url ?? '').split(/\?(.*)/s, 2);
  if (options.ignore?.(path)) return;
  const began = performance.now();
  const occurredAt = new Date().toISOString();
  const most = options.maxBodyBytes ?? defaultBodyBytes;
  const asked = createBodyTap(most);
  const answered = createBodyTap(most);
  const address = incoming.socket.remoteAddress;
  // Chunks come in by `push`, whoever reads them later and however.
  const { push } = incoming;
  incoming.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    asked.take(chunk, encoding);
    return push.call(incoming, chunk, encoding);
  };
  const { write, end, writeHead } = outgoing;
  let written: ReadonlyMap<string, string> = new Map();
  outgoing.writeHead = ((...words: Parameters<typeof writeHead>) => {
    written = headersIn(words);
    return writeHead.apply(outgoing, words);
  }) as typeof writeHead;
  const answerHeader = (name: string): string | undefined => {
    const value = written.get(name) ?? outgoing.getHeader(name);
    return value === undefined ? undefined : String(value);
  };
  outgoing.write = ((...words: Parameters<typeof write>): boolean => {
    answered.take(words[0], words[1]);
    return write.apply(outgoing, words);
  }) as typeof write;
  outgoing.end = ((...words: Parameters<typeof end>) => {
    answered.take(words[0], words[1]);
    return end.apply(outgoing, words);
  }) as typeof end;

  outgoing.once('close', () => {
    try {
      const { headers, method = '' } = incoming;
      const body = tellBody(asked, headers['content-type'], headers['content-encoding']);
      const responseBody = tellBody(answered, answerHeader('content-type'), answerHeader('content-encoding'));
      client.record({
        occurredAt,
        actor: tellActor(options.user?.(request)),
        event: 'REQUEST',
        module: options.module ?? { name: 'API Request' },
        target: 'API Request',
        action: `${method} ${path}`,
        status: isStatus(outgoing.statusCode) ? outgoing.statusCode : null,
        request: {
          method,
          path,
          ...(query === undefined ? {} : { query }),
          ...(body === undefined ? {} : { body }),
          ...(responseBody === undefined ? {} : { responseBody }),
          ...(address === undefined ? {} : { address }),
          durationMs: Math.round((performance.now() - began) * 1000) / 1000,
          correlationId: textOf(headers['x-request-id'] ?? headers['x-correlation-id']) ?? randomUUID(),
        },
        extra: {
          // The other end left before it had the whole answer.
          ...(outgoing.writableFinished ? {} : { aborted: true }),
          ...(isStatus(outgoing.statusCode) ? {} : { status: outgoing.statusCode }),
        },
      });
    } catch {
      // `user` threw, or a header is strange: the entry is told without what could not be had.
      const status = isStatus(outgoing.statusCode) ? outgoing.statusCode : null;
      client.record({ occurredAt, event: 'REQUEST', action: `${incoming.method} ${path}`, status });
    }
  });
};

/** For Express and everything else that takes connect’s middleware: `app.use(watchExpress(client, …))`, before the rest. */
export const watchExpress =
  <Request extends IncomingMessage>(client: CaptureClient, options: WatchOptions<Request> = {}) =>
  (request: Request, response: ServerResponse, next: () => void): void => {
    watch(client, options, request, response, request);
    next();
  };

/** What is needed of a Fastify request. */
interface FastifyLike {
  readonly raw: IncomingMessage;
}

/** For Fastify: `app.addHook('onRequest', watchFastify(client, …))`. */
export const watchFastify =
  <Request extends FastifyLike>(client: CaptureClient, options: WatchOptions<Request> = {}) =>
  (request: Request, reply: { readonly raw: ServerResponse }, done: () => void): void => {
    watch(client, options, request.raw, reply.raw, request);
    done();
  };

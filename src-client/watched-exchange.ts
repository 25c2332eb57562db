import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { CaptureClient } from './capture-client.ts';
import type { CapturedEntry } from './captured-entry.ts';
import type { Acting, Actor } from './context.ts';
import type { EndedExchange, Exchange } from './exchange.ts';
import type { Listener } from './http-taps.ts';
import { defaultBodyBytes, keptBytesOf, type PassedBody, type Passing, passedBody, withPiece } from './told-body.ts';

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
 * The system's time of a moment of this process's own clock, milliseconds. Asking the system costs a tenth of all that is
 * done for an exchange, so the difference between the two clocks is found out ten times a second.
 */
const differenceHolds = 100;
let difference = 0;
let holdsUntil = Number.NEGATIVE_INFINITY;
const systemTimeAt = (clock: number): number => {
  if (clock >= holdsUntil) {
    difference = Date.now() - clock;
    holdsUntil = clock + differenceHolds;
  }
  return Math.floor(clock + difference);
};

/** Whether a request says that it has a body. Node’s server has made the object of its headers by now. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

/** A request’s headers as they were sent, one behind the other; one that a program made up has only the object. */
const listOf = ({ rawHeaders = [], headers }: IncomingMessage): readonly string[] =>
  rawHeaders.length > 0
    ? rawHeaders
    : Object.entries(headers).flatMap(([name, value = '']) => [
        name,
        typeof value === 'string' ? value : (value[0] ?? ''),
      ]);

const isNamed = (name: string, wanted: string): boolean =>
  // Most need not be looked at.
  name.length === wanted.length && name.toLowerCase() === wanted;

/** What is told of a request's headers: the first of each name. */
interface Asking {
  readonly type: string | null;
  readonly encoding: string | null;
  readonly id: string | null;
}
const readAsking = (incoming: IncomingMessage): Asking => {
  const list = listOf(incoming);
  let type: string | null = null;
  let encoding: string | null = null;
  let requestId: string | null = null;
  let correlationId: string | null = null;
  for (let place = 0; place < list.length; place += 2) {
    const name = list[place] ?? '';
    const value = list[place + 1] ?? null;
    if (isNamed(name, 'content-type')) type ??= value;
    else if (isNamed(name, 'content-encoding')) encoding ??= value;
    else if (isNamed(name, 'x-request-id')) requestId ??= value;
    else if (isNamed(name, 'x-correlation-id')) correlationId ??= value;
  }
  return { type, encoding, id: requestId ?? correlationId };
};

/**
 * The header of an answer as it was sent. What `writeHead` alone was given is in the head that Node has written, and
 * nowhere else.
 */
const inHead = (outgoing: ServerResponse, name: string): string | null => {
  const head = '_header' in outgoing ? outgoing._header : null;
  if (typeof head !== 'string') return null;
  return new RegExp(`\r\n${name}: *([^\r]*)`, 'i').exec(head)?.[1] ?? null;
};

/** What the exchanges of one middleware have in common. */
export class Watch<Request> {
  readonly client: ExchangeTaker;
  readonly options: WatchOptions<Request>;
  /** So many bytes of a body are kept. */
  readonly mostAsked: number;
  readonly mostAnswered: number;

  constructor(client: ExchangeTaker, options: WatchOptions<Request>) {
    const { maxBodyBytes = defaultBodyBytes, maxAnswerBytes = maxBodyBytes } = options;
    this.client = client;
    this.options = options;
    this.mostAsked = maxBodyBytes;
    this.mostAnswered = maxAnswerBytes;
  }
}

/**
 * A request and its answer while they pass. While they do, only what could not be found out later is done: beside a
 * trivial route each step more is dear.
 */
export class WatchedExchange<Request> implements EndedExchange, Listener, Acting {
  readonly #clock = performance.now();
  readonly #watch: Watch<Request>;
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  readonly #request: Request;
  // A program may give others meanwhile, and a connection that is closed has no address any more.
  readonly #method: string;
  readonly #url: string;
  readonly #address: string | null;
  #asked: Passing = null;
  #answered: Passing = null;
  #actor: Actor = null;
  #id: string | null = null;
  #status = 0;
  #aborted = false;
  /** Negative until it is over. */
  #durationMs = -1;

  constructor(watch: Watch<Request>, incoming: IncomingMessage, outgoing: ServerResponse, request: Request) {
    this.#watch = watch;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#request = request;
    this.#method = incoming.method ?? '';
    this.#url = incoming.url ?? '';
    this.#address = incoming.socket.remoteAddress ?? null;
  }

  /** From here on there is an id by which others can refer to it. */
  giveId(): void {
    this.#id = readAsking(this.#incoming).id ?? randomUUID();
  }

  get correlationId(): string | null {
    return this.#id;
  }

  actingUser(): Actor {
    const { user } = this.#watch.options;
    try {
      return user === undefined ? null : tellActor(user(this.#request));
    } catch {
      // The program's own `user` threw: nobody is better than no entry.
      return null;
    }
  }

  requestPassed(chunk: unknown, encoding: unknown): void {
    this.#asked = withPiece(this.#asked, chunk, encoding, this.#watch.mostAsked);
  }

  answerPassed(chunk: unknown, encoding: unknown): void {
    this.#answered = withPiece(this.#answered, chunk, encoding, this.#watch.mostAnswered);
  }

  closed(isWhole: boolean): void {
    if (this.#durationMs >= 0) return;
    this.#durationMs = performance.now() - this.#clock;
    this.#status = this.#outgoing.statusCode;
    this.#aborted = !isWhole;
    this.#actor = this.actingUser();
    this.#watch.client.recordExchange(this);
  }

  get keptBytes(): number {
    return keptBytesOf(this.#asked) + keptBytesOf(this.#answered);
  }

  tell(): Exchange {
    const asking = readAsking(this.#incoming);
    return {
      began: systemTimeAt(this.#clock),
      durationMs: this.#durationMs,
      method: this.#method,
      url: this.#url,
      status: this.#status,
      aborted: this.#aborted,
      actor: this.#actor,
      module: this.#watch.options.module ?? null,
      address: this.#address,
      correlationId: this.#id ?? asking.id,
      asked: passedBody(this.#asked, asking.type, asking.encoding),
      answered: this.#tellAnswered(),
    };
  }

  #tellAnswered(): PassedBody | null {
    if (this.#answered === null) return null;
    const outgoing = this.#outgoing;
    let type: unknown;
    let encoding: unknown;
    try {
      type = outgoing.getHeader('content-type');
      encoding = outgoing.getHeader('content-encoding');
      // With only one of them, it was set, and then Node has kept all.
      if (type === undefined && encoding === undefined) {
        type = inHead(outgoing, 'content-type');
        encoding = inHead(outgoing, 'content-encoding');
      }
    } catch {
      // What stands in for a response knows of no headers: the body is told without them.
    }
    return passedBody(this.#answered, type, encoding);
  }
}

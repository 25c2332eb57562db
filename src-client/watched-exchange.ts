import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { CaptureClient } from './capture-client.ts';
import type { CapturedEntry } from './captured-entry.ts';
import type { Acting, Actor } from './context.ts';
import type { EndedExchange, Exchange } from './exchange.ts';
import type { Listener } from './http-taps.ts';
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

/** A header that `writeHead` was given, which the response does not tell of afterwards: in an object, or a flat list. */
const headerIn = (given: unknown, wanted: string): unknown => {
  if (typeof given !== 'object' || given === null) return undefined;
  const isList = Array.isArray(given);
  const names = isList ? given.filter((_name, place) => place % 2 === 0) : Object.keys(given);
  const place = names.findIndex((name) => String(name).toLowerCase() === wanted);
  if (place < 0) return undefined;
  return isList ? given[place * 2 + 1] : (given as Readonly<Record<string, unknown>>)[names[place]];
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

/** Every wanted header's name is as long as one of these: most names need not be looked at. */
const shortestName = 'x-request-id'.length;
const longestName = 'transfer-encoding'.length;

/** The headers of a request that a program made up have no list. */
const listOf = ({ headers }: IncomingMessage): readonly string[] =>
  Object.entries(headers).flatMap(([name, value = '']) => [name, typeof value === 'string' ? value : (value[0] ?? '')]);

/**
 * A request and its answer while they pass, and then what a client is told of them. One object of a class has all of it:
 * beside a trivial route each closure more is dear.
 */
export class WatchedExchange<Request> implements Exchange, EndedExchange, Listener, Acting {
  readonly began: number;
  durationMs = 0;
  readonly method: string;
  readonly url: string;
  status = 0;
  aborted = false;
  actor: Actor = null;
  readonly module: Exchange['module'];
  readonly address: string | null;
  correlationId: string | null = null;
  asked: PassedBody | null = null;
  answered: PassedBody | null = null;

  readonly #clock = performance.now();
  readonly #client: ExchangeTaker;
  readonly #options: WatchOptions<Request>;
  readonly #outgoing: ServerResponse;
  readonly #request: Request;
  #hasRequestBody = false;
  #requestType: string | null = null;
  #requestEncoding: string | null = null;
  #requestTap: BodyTap | null = null;
  #answerTap: BodyTap | null = null;
  /** What `writeHead` was given. */
  #given: unknown = null;
  #isTold = false;

  constructor(
    client: ExchangeTaker,
    options: WatchOptions<Request>,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    request: Request,
  ) {
    const { url = '', method = '', socket } = incoming;
    this.method = method;
    this.url = url;
    this.began = systemTimeAt(this.#clock);
    this.module = options.module ?? null;
    this.address = socket.remoteAddress ?? null;
    this.#client = client;
    this.#options = options;
    this.#outgoing = outgoing;
    this.#request = request;
    this.#readHeaders(incoming);
  }

  /**
   * As they were sent, the first of each name. Node makes its object of all of them when somebody first asks for it, which
   * many routes never do.
   */
  #readHeaders(incoming: IncomingMessage): void {
    const { rawHeaders = [] } = incoming;
    const list = rawHeaders.length > 0 ? rawHeaders : listOf(incoming);
    let requestId: string | null = null;
    let correlationId: string | null = null;
    for (let place = 0; place < list.length; place += 2) {
      const name = list[place] ?? '';
      if (name.length < shortestName || name.length > longestName) continue;
      const value = list[place + 1] ?? null;
      switch (name.toLowerCase()) {
        case 'content-length':
        case 'transfer-encoding':
          this.#hasRequestBody = true;
          break;
        case 'content-type':
          this.#requestType ??= value;
          break;
        case 'content-encoding':
          this.#requestEncoding ??= value;
          break;
        case 'x-request-id':
          requestId ??= value;
          break;
        case 'x-correlation-id':
          correlationId ??= value;
          break;
        default:
      }
    }
    this.correlationId = requestId ?? correlationId;
  }

  get hasRequestBody(): boolean {
    return this.#hasRequestBody;
  }

  /** With an id by which others can refer to it now. */
  named(): this {
    this.correlationId ??= randomUUID();
    return this;
  }

  actingUser(): Actor {
    const { user } = this.#options;
    try {
      return user === undefined ? null : tellActor(user(this.#request));
    } catch {
      // The program's own `user` threw: nobody is better than no entry.
      return null;
    }
  }

  requestPassed(chunk: unknown, encoding: unknown): void {
    this.#requestTap ??= new BodyTap(this.#options.maxBodyBytes ?? defaultBodyBytes);
    this.#requestTap.take(chunk, encoding);
  }

  headPassed(given: unknown): void {
    this.#given = given;
  }

  answerPassed(chunk: unknown, encoding: unknown): void {
    const { maxAnswerBytes, maxBodyBytes = defaultBodyBytes } = this.#options;
    this.#answerTap ??= new BodyTap(maxAnswerBytes ?? maxBodyBytes);
    this.#answerTap.take(chunk, encoding);
  }

  closed(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.durationMs = performance.now() - this.#clock;
    const outgoing = this.#outgoing;
    this.status = outgoing.statusCode;
    this.aborted = !outgoing.writableFinished;
    this.actor = this.actingUser();
    this.#client.recordExchange(this);
  }

  get keptBytes(): number {
    return (this.#requestTap?.keptBytes ?? 0) + (this.#answerTap?.keptBytes ?? 0);
  }

  tell(): Exchange {
    const asked = this.#requestTap;
    const answered = this.#answerTap;
    try {
      if (asked !== null && !asked.isEmpty) this.asked = asked.passed(this.#requestType, this.#requestEncoding);
      if (answered !== null && !answered.isEmpty) {
        this.answered = answered.passed(this.#sent('content-type'), this.#sent('content-encoding'));
      }
    } catch {
      // A header is strange: the exchange is told without what could not be had.
    }
    return this;
  }

  /** A header of the answer. */
  #sent(name: string): unknown {
    return headerIn(this.#given, name) ?? this.#outgoing.getHeader(name);
  }
}

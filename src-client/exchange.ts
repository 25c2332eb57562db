import type { CapturedEntry } from './captured-entry.ts';
import { type PassedBody, tellBody } from './told-body.ts';

/** A request and its answer as they passed: what a middleware hands over, so little that it costs next to nothing. */
export interface Exchange {
  /** Milliseconds since 1970. */
  readonly began: number;
  readonly durationMs: number;
  readonly method: string;
  /** Path and query as they were asked for. */
  readonly url: string;
  readonly status: number;
  /** The other end left before it had the whole answer. */
  readonly aborted: boolean;
  readonly actor: CapturedEntry['actor'];
  /** “API Request” when null. */
  readonly module: CapturedEntry['module'];
  readonly address: string | null;
  /** Made up when null. */
  readonly correlationId: string | null;
  readonly asked: PassedBody | null;
  readonly answered: PassedBody | null;
}

type PackedBody = readonly [type: string, encoding: string, bytes: number, keptBytes: number, kept: unknown];
/** An exchange as a flat list: a thread is given it in a fourth of the time that the object takes. */
export type PackedExchange = readonly unknown[];

const packBody = (body: PassedBody | null): PackedBody => {
  if (body === null) return ['', '', -1, 0, null];
  const { type, encoding, bytes, keptBytes, kept } = body;
  return [type, encoding, bytes, keptBytes, kept.length === 1 ? kept[0] : kept];
};
const unpackBody = ([type, encoding, bytes, keptBytes, kept]: PackedBody): PassedBody | null =>
  bytes < 0
    ? null
    : { type, encoding, bytes, keptBytes, kept: (Array.isArray(kept) ? kept : [kept]) as PassedBody['kept'] };

const bodyFields = 5;
const plainFields = 10;

export const packExchange = (exchange: Exchange): PackedExchange => {
  const { began, durationMs, method, url, status, aborted, actor, module, address, correlationId } = exchange;
  const plain = [began, durationMs, method, url, status, aborted, actor, module, address, correlationId];
  return [...plain, ...packBody(exchange.asked), ...packBody(exchange.answered)];
};

export const unpackExchange = (packed: PackedExchange): Exchange => {
  const [began, durationMs, method, url, status, aborted, actor, module, address, correlationId] = packed;
  const asked = packed.slice(plainFields, plainFields + bodyFields) as unknown as PackedBody;
  const answered = packed.slice(plainFields + bodyFields) as unknown as PackedBody;
  const plain = { began, durationMs, method, url, status, aborted, actor, module, address, correlationId };
  return { ...plain, asked: unpackBody(asked), answered: unpackBody(answered) } as Exchange;
};

const requestModule = 'API Request';

/** What HTTP has for a status; a program may send any number. */
const isStatus = (status: number): boolean => status >= 100 && status <= 599;

/** The entry that an exchange becomes. `id` stands for its correlation when it has none of its own. */
export const tellExchange = (exchange: Exchange, id: string): CapturedEntry => {
  const { method, url, status, asked, answered, address, aborted } = exchange;
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const body = asked === null ? undefined : tellBody(asked);
  const responseBody = answered === null ? undefined : tellBody(answered);
  return {
    occurredAt: new Date(exchange.began).toISOString(),
    actor: exchange.actor,
    event: 'REQUEST',
    module: exchange.module ?? { name: requestModule },
    target: requestModule,
    action: `${method} ${path}`,
    status: isStatus(status) ? status : null,
    request: {
      method,
      path,
      ...(mark < 0 ? {} : { query: url.slice(mark + 1) }),
      ...(body === undefined ? {} : { body }),
      ...(responseBody === undefined ? {} : { responseBody }),
      ...(address === null ? {} : { address }),
      durationMs: Math.round(exchange.durationMs * 1000) / 1000,
      correlationId: exchange.correlationId ?? id,
    },
    extra: { ...(aborted ? { aborted: true } : {}), ...(isStatus(status) ? {} : { status }) },
  };
};

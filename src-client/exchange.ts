import type { CapturedEntry } from './captured-entry.ts';
import { type PassedBody, tellBody } from './told-body.ts';

/** What exchanges that come again and again have in common. */
export interface ExchangeForm {
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
  readonly asked: PassedBody | null;
  readonly answered: PassedBody | null;
}

/** And what each has of its own. */
export interface PassedMoment {
  /** Milliseconds since 1970. */
  readonly began: number;
  readonly durationMs: number;
  /** Made up when null. */
  readonly correlationId: string | null;
}

/** A request and its answer as they passed: what a middleware hands over, and nothing that could be found out later. */
export interface Exchange extends ExchangeForm, PassedMoment {}

/** An exchange that is over. */
export interface EndedExchange {
  /** So many bytes are kept of both bodies. */
  readonly keptBytes: number;
  /** What there is to tell of it. May wait a moment: what can be found out later is found out here. */
  tell(): Exchange;
}

/** The module and the target unless told. */
export const requestModule = 'API Request';

/** What HTTP has for a status; a program may send any number. */
export const isStatus = (status: number): boolean => status >= 100 && status <= 599;

/** The path alone. */
export const pathOfUrl = (url: string): string => {
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
};

/** Path, and query where there is a question mark. */
export const partsOfUrl = (url: string): readonly [path: string, query: string | null] => {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, null] : [url.slice(0, mark), url.slice(mark + 1)];
};

/** Milliseconds to the microsecond. */
export const roundedMs = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

/** The entry that an exchange becomes. `id` stands for its correlation when it has none of its own. */
export const tellExchange = (exchange: Exchange, id: string): CapturedEntry => {
  const { method, url, status, asked, answered, address, aborted } = exchange;
  const [path, query] = partsOfUrl(url);
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
      ...(query === null ? {} : { query }),
      ...(body === undefined ? {} : { body }),
      ...(responseBody === undefined ? {} : { responseBody }),
      ...(address === null ? {} : { address }),
      durationMs: roundedMs(exchange.durationMs),
      correlationId: exchange.correlationId ?? id,
    },
    extra: { ...(aborted ? { aborted: true } : {}), ...(isStatus(status) ? {} : { status }) },
  };
};

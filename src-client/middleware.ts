import type { IncomingMessage, ServerResponse } from 'node:http';
import { isContextWanted, withinRequest } from './context.ts';
import { pathOfUrl } from './exchange.ts';
import { listenToAnswer, prepareTaps, tapRequest } from './http-taps.ts';
import { type ExchangeTaker, hasBody, Watch, WatchedExchange, type WatchOptions } from './watched-exchange.ts';

/** Watches one exchange without touching it: what the program reads and writes passes as it would. */
const watchOne = <Request>(
  watch: Watch<Request>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  request: Request,
  next: () => void,
): void => {
  const { ignore } = watch.options;
  if (ignore?.(pathOfUrl(incoming.url ?? ''), incoming.method ?? '')) {
    next();
    return;
  }
  const exchange = new WatchedExchange(watch, incoming, outgoing, request);
  const isAsked = !hasBody(incoming);
  if (!isAsked) tapRequest(incoming, exchange);
  if (isContextWanted()) {
    exchange.giveId();
    listenToAnswer(outgoing, exchange, isAsked, () => withinRequest(exchange, next));
  } else listenToAnswer(outgoing, exchange, isAsked, next);
};

/** For Express and everything else that takes connect’s middleware: `app.use(watchExpress(client, …))`, before the rest. */
export const watchExpress = <Request extends IncomingMessage>(
  client: ExchangeTaker,
  options: WatchOptions<Request> = {},
): ((request: Request, response: ServerResponse, next: () => void) => void) => {
  prepareTaps();
  const watch = new Watch(client, options);
  return (request, response, next) => watchOne(watch, request, response, request, next);
};

/** What is needed of a Fastify request. */
interface FastifyLike {
  readonly raw: IncomingMessage;
}

/** For Fastify: `app.addHook('onRequest', watchFastify(client, …))`. */
export const watchFastify = <Request extends FastifyLike>(
  client: ExchangeTaker,
  options: WatchOptions<Request> = {},
): ((request: Request, reply: { readonly raw: ServerResponse }, done: () => void) => void) => {
  prepareTaps();
  const watch = new Watch(client, options);
  return (request, reply, done) => watchOne(watch, request.raw, reply.raw, request, done);
};

import type { IncomingMessage, ServerResponse } from 'node:http';
import { isContextWanted, withinRequest } from './context.ts';
import { pathOfUrl } from './exchange.ts';
import { prepareTaps, tapRequest, tapResponse } from './http-taps.ts';
import { type ExchangeTaker, WatchedExchange, type WatchOptions } from './watched-exchange.ts';

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
  if (options.ignore?.(pathOfUrl(url), method)) {
    next();
    return;
  }
  const exchange = new WatchedExchange(client, options, incoming, outgoing, request);
  if (exchange.hasRequestBody) tapRequest(incoming, exchange);
  tapResponse(outgoing, exchange);
  if (isContextWanted()) withinRequest(exchange.named(), next);
  else next();
};

/** For Express and everything else that takes connect’s middleware: `app.use(watchExpress(client, …))`, before the rest. */
export const watchExpress = <Request extends IncomingMessage>(
  client: ExchangeTaker,
  options: WatchOptions<Request> = {},
): ((request: Request, response: ServerResponse, next: () => void) => void) => {
  prepareTaps();
  return (request, response, next) => watch(client, options, request, response, request, next);
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
  return (request, reply, done) => watch(client, options, request.raw, reply.raw, request, done);
};

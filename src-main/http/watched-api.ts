import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Exchange, tellExchange } from '#client/exchange.ts';
import { watchFastify } from '#client/middleware.ts';
import type { Log } from '#main/engine/log.ts';
import { bearerToken, type OneCall } from '#main/http/one-call.ts';
import { ownApiModule } from '#shared/contract/capture.ts';
import { BitacoraError } from '#shared/contract/errors.ts';

/** Requests of nobody who is known: so many are recorded a minute, so that no stranger fills the ledger. */
const refusedAMinute = 60;
const minute = 60_000;

/** What is sent to be captured is in the ledger already; readiness and the description tell nothing of it. */
const isRecorded = (path: string, method: string): boolean =>
  path.startsWith('/api/') &&
  !(method === 'POST' && path === '/api/entries') &&
  path !== '/api/health' &&
  path !== '/api/openapi.json';

/**
 * Our own HTTP API under our own middleware: who read what becomes an entry, once the answer is on its way. Of what was
 * answered only kind and size are told: the ledger holds it already. To be called before any other hook is added.
 */
export const watchOwnApi = (app: FastifyInstance, call: OneCall, log: Log): void => {
  const underWay = new Set<Promise<void>>();
  const { signal } = new AbortController();
  let refused = 0;
  let since = 0;
  const isOneTooMany = (): boolean => {
    if (Date.now() - since > minute) {
      since = Date.now();
      refused = 0;
    }
    refused += 1;
    return refused > refusedAMinute;
  };

  const record = async (exchange: Exchange, session: string | null): Promise<void> => {
    if ((exchange.status === 401 || exchange.status === 403) && isOneTooMany()) return;
    try {
      // Whoever is refused is nobody here.
      const reader = session === null ? null : await call('session.reader', {}, { session, signal }).catch(() => null);
      const actor = reader === null ? null : { login: reader.name };
      const entry = tellExchange({ ...exchange, actor }, randomUUID());
      await call('capture.recordRead', { entry }, { signal, origin: 'host' });
    } catch (error) {
      // The answer has gone out: a ledger that takes nothing now is told in the program's log, as a fault of ours is already.
      if (error instanceof BitacoraError && error.code !== 'internal')
        log.warn('a read was not recorded', { reason: error.code });
    }
  };

  app.addHook(
    'onRequest',
    watchFastify<FastifyRequest>(
      {
        recordExchange: (ended) => {
          const exchange = ended.tell();
          const recorded = record(exchange, typeof exchange.actor === 'string' ? exchange.actor : null);
          underWay.add(recorded);
          void recorded.finally(() => underWay.delete(recorded));
        },
      },
      {
        // Who is behind the session is asked when the answer has gone out.
        user: (request) => bearerToken(request) ?? null,
        module: { name: ownApiModule },
        maxAnswerBytes: 0,
        ignore: (path, method) => !isRecorded(path, method),
      },
    ),
  );
  app.addHook('onClose', async () => {
    await Promise.all(underWay);
  });
};

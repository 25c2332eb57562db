import type { FastifyInstance } from 'fastify';
import { entriesQuerySchema, entryIdSchema } from '#main/http/api-schemas.ts';
import { bearerToken, closeSignal, type OneCall } from '#main/http/one-call.ts';
import { describeApi } from '#main/http/openapi.ts';
import { parseParameters } from '#main/http/parse-parameters.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { listEntries } from '#shared/rpc/list-entries.ts';

/** Ids are exact up to here. */
const maxId = Number.MAX_SAFE_INTEGER;

/** The HTTP API proper: entries to read, the description of it all, readiness. Nothing here changes anything. */
export const addApiRoutes = (app: FastifyInstance, call: OneCall, version: string): void => {
  app.get('/api/health', async (_request, reply) => {
    const { ledger, needsSetup } = await call('app.status', {}, { signal: closeSignal(reply) });
    if (ledger.state === 'failed') throw new BitacoraError('unavailable');
    return { status: 'ok', version, ledger: ledger.state, needsSetup };
  });

  let description: string | undefined;
  app.get('/api/openapi.json', async (_request, reply) => {
    description ??= JSON.stringify(describeApi(version));
    return reply.type('application/json; charset=utf-8').send(description);
  });

  app.get('/api/entries', async (request, reply) => {
    const { accents, ...asked } = parseParameters(entriesQuerySchema, request.query);
    const from = { session: bearerToken(request), signal: closeSignal(reply) };
    // Before anything else: who isn't signed in learns nothing, not even whether a query can be read.
    await call('session.reader', {}, from);
    return listEntries((procedure, input) => call(procedure, input, from), {
      ...asked,
      after: asked.after ?? null,
      ignoreAccents: accents === 'ignore',
    });
  });

  app.get('/api/entries/:id', async (request, reply) => {
    const { id } = parseParameters(entryIdSchema, request.params);
    if (Number(id) === 0 || Number(id) > maxId) throw new BitacoraError('entry_not_found', { id });
    return call('log.entry', { id: Number(id) }, { session: bearerToken(request), signal: closeSignal(reply) });
  });
};

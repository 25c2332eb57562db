import type { FastifyInstance } from 'fastify';
import { createCaptureBodies } from '#main/http/capture-body.ts';
import { bearerToken, closeSignal, type OneCall } from '#main/http/one-call.ts';
import { BitacoraError } from '#shared/contract/errors.ts';

/**
 * `POST /api/entries`: one object, an array, or NDJSON, plain or gzip; answered with 201 when the entries are on disk.
 * Nobody's body is read before they are known. `patienceMs`: how long a body may take to arrive.
 */
export const addCaptureRoute = (app: FastifyInstance, call: OneCall, patienceMs: number): void => {
  const readBody = createCaptureBodies(patienceMs);
  // In a scope of its own: elsewhere a body is read before anybody is asked.
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.post('/api/entries', async (request, reply) => {
      const from = { session: bearerToken(request), signal: closeSignal(reply) };
      await call('capture.ready', {}, from);
      if (request.body === undefined)
        throw new BitacoraError('unsupported_media', { type: '-', fields: 'content-type' });
      const { body, format, leave } = await readBody(request.raw, from.signal);
      try {
        const receipt = await call('capture.store', { body, format }, from);
        return await reply.code(201).send(receipt);
      } finally {
        leave();
      }
    });
  });
};

import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { bearerToken, closeSignal, type OneCall } from '#main/http/one-call.ts';
import type { UploadFolder } from '#main/http/upload-folder.ts';
import { BitacoraError } from '#shared/contract/errors.ts';

const nameSchema = z.object({ name: z.string().min(1).max(1000) });

/**
 * `POST /upload?name=NAME`: the bytes of a file that the person chose in a browser; the answer is a grant to import it.
 * Administrators only, as importing is.
 */
export const addUploadRoute = (app: FastifyInstance, call: OneCall, uploads: UploadFolder): void => {
  // In a scope of its own: everywhere else a body is JSON.
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
    scope.post('/upload', async (request, reply) => {
      const signal = closeSignal(reply);
      const query = nameSchema.safeParse(request.query);
      if (!query.success) throw new BitacoraError('invalid', { fields: 'name' });
      if (request.body === undefined)
        throw new BitacoraError('unsupported_media', { type: '-', fields: 'content-type' });
      const session = bearerToken(request);
      const { role } = await call('session.current', {}, { session, signal });
      if (role !== 'admin') throw new BitacoraError('forbidden');
      const path = await uploads.receive(query.data.name, request.body as Readable, signal);
      return call('file.grant', { path }, { signal, origin: 'host' });
    });
  });
};

import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Dispatch } from '#main/engine/dispatch.ts';
import type { Log } from '#main/engine/log.ts';
import { addActivityLogRoutes } from '#main/http/activity-log-routes.ts';
import { addApiRoutes } from '#main/http/api-routes.ts';
import { addAuditLogRoutes } from '#main/http/audit-log-routes.ts';
import { addCaptureRoute } from '#main/http/capture-route.ts';
import { addDownloadRoutes } from '#main/http/download-routes.ts';
import {
  errorHeaders,
  fromLibraryError,
  inLanguage,
  maxBodyBytes,
  preferredLanguage,
} from '#main/http/error-answer.ts';
import { createOneCall } from '#main/http/one-call.ts';
import { addPageRoutes } from '#main/http/page-routes.ts';
import type { PassingFolder } from '#main/http/passing-folder.ts';
import { guardRequest } from '#main/http/request-guard.ts';
import { addRpcRoute } from '#main/http/rpc-route.ts';
import type { UploadFolder } from '#main/http/upload-folder.ts';
import { addUploadRoute } from '#main/http/upload-route.ts';
import { watchOwnApi } from '#main/http/watched-api.ts';
import { BitacoraError } from '#shared/contract/errors.ts';

interface HttpAppOptions {
  readonly dispatch: Dispatch;
  /** Folder of the built page. */
  readonly rendererFolder: string;
  readonly uploads: UploadFolder;
  readonly downloads: PassingFolder;
  readonly version: string;
  readonly log: Log;
  /** The `Host` headers that are answered; asked at every request, because the port is known only after listening. */
  readonly hosts: () => ReadonlySet<string>;
  /** How long a body other than an upload may take to arrive, milliseconds; a minute unless told. */
  readonly bodyPatienceMs?: number;
}

const unreadableAnswer = JSON.stringify({ error: new BitacoraError('unreadable').toWire() });

/** Routes that read their bodies themselves, and have a patience of their own. */
const hasOwnBodies = ({ routeOptions: { url } }: FastifyRequest): boolean =>
  url === '/api/entries' || url === '/upload';

/** Refuses a body that takes too long: a sender who says nothing more would be waited for without an end. */
const limitPatience = ({ raw }: FastifyRequest, reply: FastifyReply, patienceMs: number): void => {
  const timer = setTimeout(() => {
    // While it reads a body, the library listens for its faults, and answers. Then the connection ends.
    if (raw.listenerCount('error') === 0) return;
    void reply.header('Connection', 'close');
    raw.emit('error', new BitacoraError('unreadable', { fields: '(body)' }));
  }, patienceMs);
  const end = (): void => clearTimeout(timer);
  raw.once('end', end);
  raw.once('close', end);
};

/** All routes behind the guard, without listening yet. */
export const createHttpApp = (options: HttpAppOptions): FastifyInstance => {
  const { dispatch, rendererFolder, uploads, downloads, version, log, hosts, bodyPatienceMs = 60_000 } = options;
  const answerError = (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    let error = fromLibraryError(thrown);
    if (error === undefined) {
      error = new BitacoraError('internal', { reference: log.bug(thrown, { route: request.routeOptions.url }) });
    }
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    const language = preferredLanguage(request.headers['accept-language']);
    void reply
      .code(error.status)
      .headers(errorHeaders(error.toWire()))
      .header('X-Content-Type-Options', 'nosniff')
      .header('Cache-Control', 'no-store')
      .type('application/json; charset=utf-8')
      .send(JSON.stringify({ error: inLanguage(error.toWire(), language) }));
  };

  const app = fastify({
    bodyLimit: maxBodyBytes,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => answerError(error, request as FastifyRequest, reply as FastifyReply),
    clientErrorHandler: (_error, socket) => {
      if (!socket.writable) return;
      const head = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8';
      socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(unreadableAnswer)}\r\n\r\n${unreadableAnswer}`);
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body)));
    } catch (error) {
      done(error as SyntaxError);
    }
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    answerError(new BitacoraError('not_found', { what: request.url.slice(0, 200) }), request, reply),
  );
  const call = createOneCall(dispatch);
  watchOwnApi(app, call, log);
  app.addHook('onRequest', (request, reply, done) => {
    guardRequest(request.raw, hosts());
    void reply.header('X-Content-Type-Options', 'nosniff').header('Cache-Control', 'no-store');
    done();
  });
  app.addHook('preParsing', (request, reply, payload, done) => {
    if (request.method !== 'GET' && request.method !== 'HEAD' && !hasOwnBodies(request))
      limitPatience(request, reply, bodyPatienceMs);
    done(null, payload);
  });
  app.addHook('preHandler', (request, _reply, done) => {
    // The library reads no body, and so asks for no type, when nothing was sent.
    if (request.method !== 'GET' && request.method !== 'HEAD' && !request.is404 && request.body === undefined) {
      throw new BitacoraError('unsupported_media', {
        type: request.headers['content-type']?.slice(0, 200) ?? '-',
        fields: 'content-type',
      });
    }
    done();
  });

  addRpcRoute(app, dispatch);
  addUploadRoute(app, call, uploads);
  addCaptureRoute(app, call, bodyPatienceMs);
  addDownloadRoutes(app, call, downloads);
  addApiRoutes(app, call, version);
  addAuditLogRoutes(app, call);
  addActivityLogRoutes(app, call);
  addPageRoutes(app, rendererFolder);
  return app;
};

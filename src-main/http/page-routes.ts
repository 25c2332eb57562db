import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fastifyStatic } from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { BitacoraError } from '#shared/contract/errors.ts';
import { contentSecurityPolicy, pageHeaders, withNonce } from '#shared/contract/page-policy.ts';

/**
 * The built page: `/` with a fresh nonce at every load and never kept by the browser, and the files beside it. What is in
 * `assets/` carries a hash of its content in its name and is kept for good.
 */
export const addPageRoutes = (app: FastifyInstance, rendererFolder: string): void => {
  app.get('/', async (_request, reply) => {
    const nonce = randomBytes(16).toString('base64');
    let html: string;
    try {
      html = await readFile(join(rendererFolder, 'index.html'), 'utf8');
    } catch (error) {
      throw new BitacoraError('not_found', { what: 'index.html' }, { cause: error });
    }
    return reply
      .headers(pageHeaders)
      .header('Content-Security-Policy', contentSecurityPolicy(nonce))
      .header('Cache-Control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(withNonce(html, nonce));
  });
  void app.register(fastifyStatic, {
    root: rendererFolder,
    index: false,
    dotfiles: 'ignore',
    redirect: false,
    cacheControl: false,
    suppressWarning: true,
    allowedPath: (path) => path !== '/index.html',
    setHeaders: (reply, path) => {
      const hashed = path.startsWith(join(rendererFolder, 'assets'));
      void reply
        .headers(pageHeaders)
        .header('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
};

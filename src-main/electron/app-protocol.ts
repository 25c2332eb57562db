import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Protocol, protocol } from 'electron';
import { contentTypes, fileOf } from '#main/electron/page-address.ts';
import { contentSecurityPolicy, pageHeaders, withNonce } from '#shared/contract/page-policy.ts';

/** To be called before the app is ready. */
export const declareProtocol = (): void =>
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Serves the built page from `folder`, and nothing else. */
export const servePage = (target: Protocol, folder: string): void =>
  target.handle('app', async (request) => {
    const refused = new Response('', { status: 404, headers: pageHeaders });
    const file = request.method === 'GET' ? fileOf(request.url, folder) : undefined;
    if (file === undefined) return refused;
    const type = contentTypes[path.extname(file)] ?? '';
    try {
      const bytes = await readFile(file);
      if (path.extname(file) !== '.html') {
        return new Response(bytes, { headers: { ...pageHeaders, 'Content-Type': type } });
      }
      const nonce = randomBytes(16).toString('base64');
      return new Response(withNonce(bytes.toString('utf8'), nonce), {
        headers: { ...pageHeaders, 'Content-Type': type, 'Content-Security-Policy': contentSecurityPolicy(nonce) },
      });
    } catch (error) {
      if (isMissing(error)) return refused;
      throw error;
    }
  });

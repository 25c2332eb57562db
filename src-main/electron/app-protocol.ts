import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Protocol, type ProtocolResponse, protocol } from 'electron';
import { contentTypes, fileOf } from '#main/electron/page-address.ts';
import { contentSecurityPolicy, pageHeaders, withNonce } from '#shared/contract/page-policy.ts';

/** To be called before the app is ready. */
export const declareProtocol = (): void =>
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);

/**
 * Without the policy on openers, which means something to a page in a browser. This window has no opener and opens none;
 * Chromium would start a second process for the page as soon as it reads that header, and throw the first one away.
 */
const { 'Cross-Origin-Opener-Policy': _opener, ...shellHeaders } = pageHeaders;

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

const refused: ProtocolResponse = { statusCode: 404, headers: { ...shellHeaders }, data: Buffer.alloc(0) };

const answer = ({ method, url }: { method: string; url: string }, folder: string): ProtocolResponse => {
  const file = method === 'GET' ? fileOf(url, folder) : undefined;
  if (file === undefined) return refused;
  const headers = { ...shellHeaders, 'Content-Type': contentTypes[path.extname(file)] ?? '' };
  try {
    // At once: each of the steps of a read that is waited for comes back through Electron's loop, a few milliseconds late.
    const bytes = readFileSync(file);
    if (path.extname(file) !== '.html') return { headers, data: bytes };
    const nonce = randomBytes(16).toString('base64');
    return {
      headers: { ...headers, 'Content-Security-Policy': contentSecurityPolicy(nonce) },
      data: Buffer.from(withNonce(bytes.toString('utf8'), nonce)),
    };
  } catch (error) {
    if (isMissing(error)) return refused;
    throw error;
  }
};

/** Chromium's number for «failed»; what threw is a bug, and the page is told as little as that. */
const failed = -2;

/**
 * Serves the built page from `folder`, and nothing else. This is the older of Electron's two ways: the newer one,
 * `protocol.handle`, answers with a `Response`, for which Node first loads all of its `fetch`, 50 ms before the first byte.
 */
export const servePage = (target: Protocol, folder: string): void => {
  target.registerBufferProtocol('app', (request, respond) => {
    try {
      respond(answer(request, folder));
    } catch (error) {
      console.error('serving the page', error);
      respond({ error: failed });
    }
  });
};

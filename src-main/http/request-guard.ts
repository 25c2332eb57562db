import type { IncomingMessage } from 'node:http';
import { BitacoraError } from '#shared/contract/errors.ts';

/** The names under which this machine reaches itself. Another name that resolves to it is how DNS rebinding works. */
export const loopbackHosts = (port: number): ReadonlySet<string> =>
  new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);

const countOf = (request: IncomingMessage, name: string): number => {
  let count = 0;
  for (let i = 0; i < request.rawHeaders.length; i += 2) if (request.rawHeaders[i]?.toLowerCase() === name) count++;
  return count;
};

/**
 * Refuses what a page of somebody else could make a browser send here: any `Host` that is not exactly ours, any `Origin`,
 * `Referer` or `Sec-Fetch-Site` that is not this very page. A client that is no browser sends none of the last three.
 * Throws `forbidden`.
 */
export const guardRequest = (request: IncomingMessage, hosts: ReadonlySet<string>): void => {
  const { host, origin, referer } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const ours = `http://${host}`;
  const acceptable =
    host !== undefined &&
    hosts.has(host) &&
    countOf(request, 'host') === 1 &&
    (origin === undefined || origin === ours) &&
    (referer === undefined || referer === ours || referer.startsWith(`${ours}/`)) &&
    // `none`: the person typed the address or opened a bookmark.
    (site === undefined || site === 'same-origin' || site === 'none');
  if (!acceptable) throw new BitacoraError('forbidden');
};

import type { AddressInfo } from 'node:net';
import type { Dispatch } from '#main/engine/dispatch.ts';
import type { Log } from '#main/engine/log.ts';
import { createHttpApp } from '#main/http/http-app.ts';
import { openPassingFolder } from '#main/http/passing-folder.ts';
import { loopbackHosts } from '#main/http/request-guard.ts';
import { openUploadFolder } from '#main/http/upload-folder.ts';

export interface HttpHostOptions {
  readonly dispatch: Dispatch;
  /** Folder of the built page. */
  readonly rendererFolder: string;
  /** A folder of this host alone, for files on their way to the importer; emptied at the start and at the end. */
  readonly uploadFolder: string;
  /** The same for documents on their way to a browser. */
  readonly downloadFolder: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly host: '127.0.0.1';
  readonly version: string;
  readonly log: Log;
  /** How long a body may take to arrive, and an upload say nothing, milliseconds; a minute unless told. */
  readonly bodyPatienceMs?: number;
}

/**
 * So many programs may connect at once before the first of them is attended to, as far as the system lets them; beyond it,
 * the system turns some away without a word.
 */
const backlog = 4096;

export interface HttpHost {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  readonly port: number;
  /** Ends every connection, and with it cancels what runs for it. */
  close(): Promise<void>;
}

/** Serves the page, the procedures and the HTTP API on this machine only. Rejects with Node's `EADDRINUSE` error. */
export const createHttpHost = async (options: HttpHostOptions): Promise<HttpHost> => {
  const { port, host, uploadFolder, downloadFolder, ...rest } = options;
  let hosts: ReadonlySet<string> = new Set();
  const uploads = await openUploadFolder(uploadFolder, options.bodyPatienceMs);
  const downloads = await openPassingFolder(downloadFolder);
  const app = createHttpApp({ ...rest, uploads, downloads, hosts: () => hosts });
  try {
    await app.listen({ port, host, backlog });
  } catch (error) {
    await app.close();
    throw error;
  }
  const bound = (app.server.address() as AddressInfo).port;
  hosts = loopbackHosts(bound);
  return {
    url: `http://${host}:${bound}`,
    port: bound,
    close: async () => {
      await app.close();
      await uploads.clear();
      await downloads.clear();
    },
  };
};

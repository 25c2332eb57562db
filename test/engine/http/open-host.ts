import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Dispatch } from '#main/engine/dispatch.ts';
import { createLog } from '#main/engine/log.ts';
import { createHttpHost, type HttpHost, type HttpHostOptions } from '#main/http/create-http-host.ts';

/** The folder of the page of a host that was opened so. */
export const pageFolderOf = (folder: string): string => path.join(folder, 'renderer');

/** An engine's HTTP host as tests open it: at any port that is free, with a page of nothing, its folders in one folder. */
export const openHost = (
  dispatch: Dispatch,
  folder: string,
  choices: Partial<Pick<HttpHostOptions, 'port' | 'log' | 'bodyPatienceMs'>> = {},
): Promise<HttpHost> => {
  const rendererFolder = pageFolderOf(folder);
  mkdirSync(rendererFolder, { recursive: true });
  writeFileSync(path.join(rendererFolder, 'index.html'), '<!doctype html>');
  return createHttpHost({
    dispatch,
    rendererFolder,
    uploadFolder: path.join(folder, 'uploads'),
    downloadFolder: path.join(folder, 'downloads'),
    port: 0,
    host: '127.0.0.1',
    version: '9.8.7',
    log: createLog(() => undefined),
    ...choices,
  });
};

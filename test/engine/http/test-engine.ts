import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Caller, Handlers } from '#main/engine/context.ts';
import { createDispatch } from '#main/engine/dispatch.ts';
import { createLog } from '#main/engine/log.ts';
import { createHttpApp } from '#main/http/http-app.ts';
import { openPassingFolder } from '#main/http/passing-folder.ts';
import { loopbackHosts } from '#main/http/request-guard.ts';
import { openUploadFolder } from '#main/http/upload-folder.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { procedures } from '#shared/contract/procedures.ts';

export const port = 4321;
export const host = `127.0.0.1:${port}`;
export const page =
  '<!doctype html><meta property="csp-nonce" nonce="__BITACORA_STYLE_NONCE__"><script src="/assets/a-1.js"></script>';

const callers: Readonly<Record<string, Caller>> = {
  admin: { kind: 'account', id: 1, account: { login: 'ana', name: 'Ana', role: 'admin' }, session: 'admin' },
  auditor: { kind: 'account', id: 2, account: { login: 'eva', name: 'Eva', role: 'auditor' }, session: 'auditor' },
};

/** What a test doesn't say is a handler that nobody should have reached. */
export const fakeDispatch = (handlers: Partial<Handlers>, logLines: string[] = []) => {
  const unreached = Object.fromEntries(
    Object.keys(procedures).map((name) => [
      name,
      () => {
        throw new Error(`${name} was reached`);
      },
    ]),
  ) as unknown as Handlers;
  const sessions: Partial<Handlers> = {
    'session.current': async (_input, { caller }) => {
      if (caller.kind !== 'account') throw new BitacoraError('forbidden');
      return caller.account;
    },
    'session.reader': async () => ({ kind: 'account', name: 'x' }),
  };
  return createDispatch({
    handlers: { ...unreached, ...sessions, ...handlers },
    authenticate: async (token) => callers[token ?? ''] ?? { kind: 'anonymous' },
    log: createLog((line) => logLines.push(line)),
  });
};

export interface TestEngine {
  readonly app: FastifyInstance;
  readonly folder: string;
  readonly uploads: string;
  readonly logLines: readonly string[];
  close(): Promise<void>;
}

/** The HTTP app over handlers that a test makes by hand, with a small page. */
export const openTestEngine = async (handlers: Partial<Handlers>): Promise<TestEngine> => {
  const folder = await mkdtemp(join(tmpdir(), 'bitacora-http-'));
  const rendererFolder = join(folder, 'renderer');
  await mkdir(join(rendererFolder, 'assets'), { recursive: true });
  await writeFile(join(rendererFolder, 'index.html'), page);
  await writeFile(join(rendererFolder, 'assets', 'a-1.js'), 'export {};');
  await writeFile(join(rendererFolder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  const logLines: string[] = [];
  const uploads = join(folder, 'uploads');
  const app = createHttpApp({
    dispatch: fakeDispatch(handlers, logLines),
    rendererFolder,
    uploads: await openUploadFolder(uploads),
    downloads: await openPassingFolder(join(folder, 'downloads')),
    version: '9.8.7',
    log: createLog((line) => logLines.push(line)),
    hosts: () => loopbackHosts(port),
  });
  return {
    app,
    folder,
    uploads,
    logLines,
    close: async () => {
      await app.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

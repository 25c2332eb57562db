import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Connection, LinkState } from '#renderer/engine/connection.ts';
import { createWindowEngine } from '#renderer/engine/engine-client.ts';
import { createHostConnection } from '#renderer/engine/host-connection.ts';
import { createHttpConnection } from '#renderer/engine/http-connection.ts';
import { isLostGrant, withLastingGrants } from '#renderer/engine/lasting-grants.ts';
import { createSessionStore } from '#renderer/engine/session-store.ts';
import type { Session } from '#shared/contract/access.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { CallOptions } from '#shared/rpc/client.ts';
import type { ClientFrame } from '#shared/rpc/frames.ts';
import type { HostMessage } from '#shared/rpc/host-bridge.ts';

const memoryStorage = (): Storage => {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    clear: () => values.clear(),
  };
};

const session = (token: string, login = 'ana'): Session => ({ token, account: { login, name: login, role: 'admin' } });

const noPrinting: Connection['printing'] = {
  target: async (name) => ({ grant: 't', name }),
  read: async () => new Uint8Array(),
  printers: async () => [],
  print: async () => undefined,
};

/** A connection whose answers a test decides call by call. */
const scripted = (answer: (procedure: string, options: CallOptions, attempt: number) => Promise<unknown>) => {
  const links: ((state: LinkState) => void)[] = [];
  const calls: string[] = [];
  const connection: Connection = {
    kind: 'http',
    chooseTarget: async (name) => ({ grant: 't', name }),
    printing: noPrinting,
    exported: { kind: 'remote', addressOf: async () => '' },
    call: (procedure, _input, options) => {
      calls.push(`${procedure} ${options.session ?? '-'}`);
      return answer(procedure, options, calls.length);
    },
    onLink: (listener) => void links.push(listener),
    chooseFile: null,
    grantFile: async () => ({ grant: 'g', name: 'a', bytes: 1 }),
  };
  return {
    connection,
    calls,
    link: (state: LinkState) => {
      for (const listener of links) listener(state);
    },
  };
};

describe('calls of the window', () => {
  test('one that found no engine is repeated when the engine is back', async () => {
    const { connection, calls, link } = scripted(async (_procedure, _options, attempt) => {
      if (attempt === 1) {
        link('down');
        throw new BitacoraError('unavailable');
      }
      return { values: {} };
    });
    const engine = createWindowEngine(connection, createSessionStore(memoryStorage()));
    const answer = engine.call('preferences.read', {});
    await vi.waitFor(() => expect(engine.link()).toBe('down'));
    expect(calls).toHaveLength(1);
    link('up');
    expect(await answer).toEqual({ values: {} });
    expect(calls).toHaveLength(2);
  });

  test('one that must not happen twice is not repeated', async () => {
    const { connection, calls } = scripted(() => Promise.reject(new BitacoraError('unavailable')));
    const engine = createWindowEngine(connection, createSessionStore(memoryStorage()));
    const input = { login: 'ana', name: 'Ana', role: 'auditor', password: '0123456789' } as const;
    await expect(engine.call('account.create', input)).rejects.toMatchObject({ code: 'unavailable' });
    expect(calls).toHaveLength(1);
  });

  test('an engine that is given up ends the waiting', async () => {
    const { connection, link } = scripted(() => Promise.reject(new BitacoraError('unavailable')));
    const engine = createWindowEngine(connection, createSessionStore(memoryStorage()));
    link('failed');
    await expect(engine.call('app.status', {})).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('waiting for the engine ends with the signal', async () => {
    const { connection, link } = scripted(() => Promise.reject(new BitacoraError('unavailable')));
    const engine = createWindowEngine(connection, createSessionStore(memoryStorage()));
    link('down');
    const abort = new AbortController();
    const answer = engine.call('app.status', {}, { signal: abort.signal });
    abort.abort();
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('an expired session keeps the call until the person has signed in again', async () => {
    const sessions = createSessionStore(memoryStorage());
    sessions.open(session('old'));
    const { connection, calls } = scripted(async (_procedure, options) => {
      if (options.session !== 'new') throw new BitacoraError('unauthenticated');
      return { accounts: [] };
    });
    const engine = createWindowEngine(connection, sessions);
    const answers = Promise.all([engine.call('account.list', {}), engine.call('account.list', {})]);
    await vi.waitFor(() => expect(sessions.state().kind).toBe('expired'));
    sessions.open(session('new'));
    expect(await answers).toEqual([{ accounts: [] }, { accounts: [] }]);
    expect(calls).toEqual(['account.list old', 'account.list old', 'account.list new', 'account.list new']);
  });

  test('signing out instead ends the kept call', async () => {
    const sessions = createSessionStore(memoryStorage());
    sessions.open(session('old'));
    const { connection } = scripted(() => Promise.reject(new BitacoraError('unauthenticated')));
    const answer = createWindowEngine(connection, sessions).call('account.list', {});
    await vi.waitFor(() => expect(sessions.state().kind).toBe('expired'));
    sessions.clear();
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('a wrong password is an answer, not an expired session', async () => {
    const sessions = createSessionStore(memoryStorage());
    sessions.open(session('old'));
    const { connection } = scripted(() => Promise.reject(new BitacoraError('unauthenticated')));
    const engine = createWindowEngine(connection, sessions);
    await expect(engine.call('session.signIn', { login: 'ana', password: 'x' })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    expect(sessions.state().kind).toBe('open');
  });
});

describe('files that the page handed over', () => {
  const trail = new File(['{}'], 'trail.ndjson');
  const options = {};

  /** An engine that knows the grants of its own life only. */
  const mortal = () => {
    let life = 1;
    let given = 0;
    const asked: unknown[] = [];
    const connection: Connection = {
      kind: 'http',
      chooseTarget: async (name) => ({ grant: 't', name }),
      printing: noPrinting,
      exported: { kind: 'remote', addressOf: async () => '' },
      call: async (_procedure, input) => {
        asked.push(input);
        const { grant, users } = input as { grant: string; users?: string };
        for (const one of [grant, users]) {
          if (one !== undefined && !one.startsWith(`${life}.`)) throw new BitacoraError('not_found', { what: 'grant' });
        }
        return {};
      },
      onLink: () => undefined,
      chooseFile: null,
      grantFile: async (file) => {
        given += 1;
        return { grant: `${life}.${given}`, name: file.name, bytes: file.size };
      },
    };
    const engine = withLastingGrants(createWindowEngine(connection, createSessionStore(memoryStorage())));
    const restart = (): void => {
      life += 1;
    };
    return { engine, asked, restart };
  };

  test('go to the engine that took the place of the one that knew them', async () => {
    const { engine, asked, restart } = mortal();
    const { signal } = new AbortController();
    const { grant } = await engine.grantFile(trail, signal);
    const { grant: users } = await engine.grantFile(new File(['[]'], 'users.json'), signal);
    restart();
    await engine.call('import.run', { grant, users, options });
    restart();
    await engine.call('import.run', { grant, users, options });
    expect(asked.at(-1)).toMatchObject({ grant: '3.5', users: '3.6' });
  });

  test('are no help for a file of the shell’s dialog', async () => {
    const { engine } = mortal();
    const answer = engine.call('import.preview', { grant: 'shell', options });
    await expect(answer).rejects.toSatisfy(isLostGrant);
  });
});

describe('who is signed in', () => {
  test('is kept through a reload, and nobody after signing out', () => {
    const storage = memoryStorage();
    createSessionStore(storage).open(session('t1'));
    const reloaded = createSessionStore(storage);
    expect(reloaded.token()).toBe('t1');
    reloaded.clear();
    expect(createSessionStore(storage).state()).toEqual({ kind: 'none' });
  });

  test('a late refusal of an old token leaves the new one alone', () => {
    const sessions = createSessionStore(memoryStorage());
    sessions.open(session('new'));
    sessions.expired('old');
    expect(sessions.token()).toBe('new');
  });
});

describe('over HTTP', () => {
  const close: (() => void)[] = [];
  afterEach(() => {
    vi.unstubAllGlobals();
    for (const end of close.splice(0)) end();
  });

  /** The page asks with addresses of its own origin, which outside of a browser have to be made whole. */
  const serve = async (listener: RequestListener): Promise<Connection> => {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    close.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const { fetch } = globalThis;
    vi.stubGlobal('fetch', (path: string, init: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init));
    return createHttpConnection();
  };

  test('frames come line by line, however they are cut', async () => {
    const connection = await serve(async (request, response) => {
      expect(request.headers.authorization).toBe('Bearer t1');
      const text = '{"t":"progress","value":{"n":1}}\n{"t":"event","value":"é"}\n{"t":"ok","value":{"done":true}}\n';
      for (const byte of Buffer.from(text)) response.write(Buffer.from([byte]));
      response.end();
    });
    const seen: unknown[] = [];
    const answer = await connection.call(
      'log.count',
      {},
      {
        session: 't1',
        onProgress: (value) => seen.push(value),
        onEvent: (value) => seen.push(value),
      },
    );
    expect(answer).toEqual({ done: true });
    expect(seen).toEqual([{ n: 1 }, 'é']);
  });

  test('an error keeps its code and details', async () => {
    const connection = await serve((_request, response) => {
      response.statusCode = 404;
      response.end('{"t":"error","error":{"code":"entry_not_found","message":"","details":{"id":7}}}\n');
    });
    await expect(connection.call('log.entry', { id: 7 }, {})).rejects.toMatchObject({
      code: 'entry_not_found',
      details: { id: 7 },
    });
  });

  test('an answer that breaks off says that the engine is gone, and then that it is back', async () => {
    let broken = true;
    const connection = await serve((_request, response) => {
      if (broken) {
        response.write('{"t":"progress","value":1}\n{"t":"o', () => response.destroy());
        return;
      }
      response.end('{"t":"ok","value":{}}\n');
    });
    const links: LinkState[] = [];
    connection.onLink((state) => links.push(state));
    await expect(connection.call('log.count', {}, {})).rejects.toMatchObject({ code: 'unavailable' });
    expect(links).toEqual(['down']);
    broken = false;
    await vi.waitFor(() => expect(links).toEqual(['down', 'up']), { timeout: 10_000 });
  });

  test('a cancel closes the connection', async () => {
    const closed = Promise.withResolvers<void>();
    const connection = await serve((_request, response) => {
      response.write('{"t":"progress","value":1}\n');
      response.on('close', () => closed.resolve());
    });
    const abort = new AbortController();
    const onProgress = (): void => abort.abort();
    await expect(connection.call('log.count', {}, { signal: abort.signal, onProgress })).rejects.toMatchObject({
      code: 'cancelled',
    });
    await closed.promise;
  });

  test('a cancel before the first word closes the connection too', async () => {
    const reached = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    const connection = await serve((_request, response) => {
      response.on('close', () => closed.resolve());
      reached.resolve();
    });
    const abort = new AbortController();
    const answer = connection.call('log.page', {}, { signal: abort.signal });
    await reached.promise;
    abort.abort();
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    await closed.promise;
  });

  test('a file goes up with its name, and comes back as a grant', async () => {
    const connection = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      response.end(
        JSON.stringify({
          grant: 'g1',
          name: new URL(request.url ?? '', 'http://localhost').searchParams.get('name'),
          bytes: Buffer.concat(chunks).length,
        }),
      );
    });
    const file = new File(['ñandú'], 'año 1&2.ndjson');
    const granted = await connection.grantFile(file, 't1', new AbortController().signal);
    expect(granted).toEqual({ grant: 'g1', name: 'año 1&2.ndjson', bytes: 7 });
  });
});

describe('through the Electron shell', () => {
  const bridgeWith = (chooseFile: () => Promise<null>) => {
    const listeners: ((message: HostMessage) => void)[] = [];
    const sent: ClientFrame[] = [];
    const connection = createHostConnection({
      kind: 'electron',
      platform: 'linux',
      send: (frame) => void sent.push(frame),
      onMessage: (listener) => void listeners.push(listener),
      chooseFile,
      grantDropped: async () => ({ grant: 'g', name: 'a', bytes: 1 }),
      chooseTarget: async (name) => ({ grant: 't', name }),
      openExported: async () => undefined,
      printTarget: async (name) => ({ grant: 't', name }),
      readExported: async () => new Uint8Array(),
      printers: async () => [],
      printExported: async () => undefined,
    });
    const tell = (message: HostMessage): void => {
      for (const listener of listeners) listener(message);
    };
    return { connection, sent, tell };
  };

  test('frames go out and come back, and the state of the engine is told', async () => {
    const { connection, sent, tell } = bridgeWith(async () => null);
    const links: LinkState[] = [];
    connection.onLink((state) => links.push(state));
    const answer = connection.call('log.count', { a: 1 }, { session: 't1' });
    const [frame] = sent;
    expect(frame).toMatchObject({ t: 'call', procedure: 'log.count', input: { a: 1 }, session: 't1' });
    tell({ t: 'engine', state: 'down' });
    tell({ t: 'engine', state: 'starting' });
    tell({ t: 'frame', frame: { t: 'ok', id: frame?.id ?? 0, value: 7 } });
    expect(await answer).toBe(7);
    expect(links).toEqual(['up', 'down', 'up']);
  });

  test('a refused file is an error of ours', async () => {
    const wire = JSON.stringify({ code: 'file_not_found', message: '', details: { path: 'a.csv' } });
    const { connection } = bridgeWith(() => Promise.reject(new Error(`Error invoking remote method 'x': ${wire}`)));
    await expect(connection.chooseFile?.('import')).rejects.toMatchObject({
      code: 'file_not_found',
      details: { path: 'a.csv' },
    });
  });
});

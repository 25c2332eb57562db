import { describe, expect, test } from 'vitest';
import type { Caller, Handlers } from '#main/engine/context.ts';
import { createDispatch } from '#main/engine/dispatch.ts';
import { createLog } from '#main/engine/log.ts';
import { BitacoraError, isBitacoraError } from '#shared/contract/errors.ts';
import { type ProcedureName, procedures } from '#shared/contract/procedures.ts';
import type { Answer } from '#shared/rpc/server.ts';

const account = (role: 'admin' | 'auditor'): Caller => ({
  kind: 'account',
  id: 1,
  account: { login: role, name: role, role },
  session: role,
});

const token = (scope: 'capture' | 'read'): Caller => ({ kind: 'token', id: 1, name: scope, scope });
const callers: Readonly<Record<string, Caller>> = {
  admin: account('admin'),
  auditor: account('auditor'),
  read: token('read'),
  capture: token('capture'),
};

const makeDispatch = (handlers: Partial<Handlers> = {}) => {
  const lines: string[] = [];
  const reached: string[] = [];
  const all = Object.fromEntries(
    Object.keys(procedures).map((name) => [
      name,
      async () => {
        reached.push(name);
        return {};
      },
    ]),
  ) as unknown as Handlers;
  const dispatch = createDispatch({
    handlers: { ...all, ...handlers },
    authenticate: async (given) => callers[given ?? ''] ?? { kind: 'anonymous' },
    log: createLog((line) => lines.push(line)),
  });
  const call = (
    procedure: string,
    input: unknown,
    session?: string,
    origin: 'window' | 'host' = 'window',
    signal = new AbortController().signal,
  ): Promise<Answer> =>
    dispatch({ procedure, input, session, signal, progress: () => undefined, event: () => undefined }, origin);
  return { call, lines, reached };
};

const codeOf = (answer: Answer): string => (answer.ok ? 'fine' : answer.error.code);

/** Something that each procedure accepts. */
const view = {
  query: { clauses: [] },
  sort: { column: 'id', descending: false },
  reading: { zone: 'UTC', ignoreAccents: false },
  newestId: null,
  now: null,
};
const inputs: Readonly<Record<ProcedureName, unknown>> = {
  'app.status': {},
  'app.watch': {},
  'setup.create': { login: 'ana', name: 'Ana', password: 'una frase larga' },
  'setup.openDemo': {},
  'setup.leaveDemo': {},
  'session.signIn': { login: 'ana', password: 'x' },
  'session.current': {},
  'session.reader': {},
  'session.signOut': {},
  'account.create': { login: 'eva', name: 'Eva', role: 'auditor', password: 'una frase larga' },
  'account.list': {},
  'token.create': { name: 'x', scope: 'capture' },
  'token.list': {},
  'token.revoke': { id: 1 },
  'capture.ready': {},
  'capture.store': { entries: [{}] },
  'capture.logFiles': {},
  'capture.setLogFiles': { enabled: false, loggers: [] },
  'capture.setLogFolder': { folder: null },
  'capture.recordRead': { entry: {} },
  'capture.follows': {},
  'capture.follow': { grant: 'x', options: {} },
  'capture.followNamed': { path: '/x', options: {} },
  'capture.followPath': { path: '/x', options: {} },
  'capture.pauseFollow': { id: 'x', paused: true },
  'capture.unfollow': { id: 'x' },
  'capture.readSettings': {},
  'capture.writeSettings': { secretKeys: ['password'] },
  'capture.watch': {},
  'capture.choose': { on: true },
  'capture.sources': { zone: 'UTC' },
  'preferences.read': {},
  'preferences.write': { key: 'a', value: 1 },
  'log.page': { view, start: { position: 0 }, limit: 10 },
  'log.count': { view },
  'log.facets': { view, columns: ['event'], limit: 10, search: null },
  'log.timeline': { view, bars: 10 },
  'log.entry': { id: 1 },
  'log.recordLife': { id: 1, limit: 10 },
  'log.actors': {},
  'statistics.read': { from: null, to: null, users: null, events: null, modules: null, by: [], limit: 10 },
  'statistics.check': {},
  'file.grant': { path: '/x' },
  'import.preview': { grant: 'x', options: {} },
  'import.run': { grant: 'x', options: {} },
  'export.grant': { path: '/x.csv' },
  'export.run': { grant: 'x', request: { view, format: 'csv', zone: 'UTC', language: 'es' } },
  'export.start': { grant: 'x', request: { view, format: 'csv', zone: 'UTC', language: 'es' } },
  'export.watch': {},
  'export.cancel': { job: 'x' },
  'export.files': { job: 'x' },
  'export.bundle': { files: ['x'], target: 'x' },
  'export.settle': {},
  'index.catchUp': {},
  'index.rebuild': {},
  'demo.fill': { rows: 1, seed: 1 },
};
const names = Object.keys(inputs) as ProcedureName[];

describe('who may call', () => {
  test.each(names)('%s', async (name) => {
    const { access } = procedures[name];
    const { call, reached } = makeDispatch();
    const told = {
      nobody: codeOf(await call(name, inputs[name])),
      strange: codeOf(await call(name, inputs[name], 'made up')),
      reads: codeOf(await call(name, inputs[name], 'read')),
      captures: codeOf(await call(name, inputs[name], 'capture')),
      auditor: codeOf(await call(name, inputs[name], 'auditor')),
      admin: codeOf(await call(name, inputs[name], 'admin')),
      host: codeOf(await call(name, inputs[name], undefined, 'host')),
    };
    const nobody = { nobody: 'unauthenticated', strange: 'unauthenticated' };
    const no = 'forbidden';
    const expected = {
      public: { nobody: 'fine', strange: 'fine', reads: 'fine', captures: 'fine', auditor: 'fine', admin: 'fine' },
      auditor: { ...nobody, reads: no, captures: no, auditor: 'fine', admin: 'fine' },
      reader: { ...nobody, reads: 'fine', captures: no, auditor: 'fine', admin: 'fine' },
      capture: { ...nobody, reads: no, captures: 'fine', auditor: no, admin: no },
      admin: { ...nobody, reads: no, captures: no, auditor: no, admin: 'fine' },
      host: { nobody: no, strange: no, reads: no, captures: no, auditor: no, admin: no },
    }[access];
    expect(told).toEqual({ ...expected, host: 'fine' });
    expect(reached.length).toBe(Object.values(told).filter((code) => code === 'fine').length);
  });

  test('whoever may not call is not told what the input should be', async () => {
    const { call } = makeDispatch();
    expect(codeOf(await call('account.create', { nonsense: true }))).toBe('unauthenticated');
    expect(codeOf(await call('account.create', { nonsense: true }, 'auditor'))).toBe('forbidden');
  });
});

describe('what comes in', () => {
  test.each(['', 'nothing.such', '__proto__', 'constructor', 'toString', 'log.page ', 'x'.repeat(100_000), '\ud800'])(
    'the name %j is no procedure',
    async (name) => {
      const { call } = makeDispatch();
      const answer = await call(name, {}, 'admin');
      expect(codeOf(answer)).toBe('not_found');
      expect(JSON.stringify(answer).length).toBeLessThan(1000);
    },
  );

  test('wrong fields are named, and the handler is not reached', async () => {
    const { call, reached, lines } = makeDispatch();
    const answer = await call(
      'log.page',
      { view: { ...view, sort: { column: 'secret', descending: 1 } }, start: { position: -1 }, limit: 0 },
      'auditor',
    );
    if (answer.ok) throw new Error('accepted');
    expect(answer.error.code).toBe('invalid');
    for (const field of ['view.sort.column', 'view.sort.descending', 'start', 'limit']) {
      expect(answer.error.details.fields).toContain(field);
      expect(answer.error.message).toContain(field);
    }
    expect(reached).toEqual([]);
    expect(lines).toEqual([]);
  });

  test.each([undefined, null, 5, 'text', [], () => undefined])('%s is no input', async (input) => {
    const { call } = makeDispatch();
    for (const name of names) {
      const answer = await call(name, input, 'admin', 'host');
      expect(codeOf(answer), name).toBe('invalid');
    }
  });

  test('the handler gets what was parsed: defaults filled in, and nothing that the table does not know', async () => {
    let got: unknown;
    const { call } = makeDispatch({
      'import.preview': async (input) => {
        got = input;
        throw new BitacoraError('not_found', { what: 'grant' });
      },
    });
    await call('import.preview', { grant: 'g', options: { zone: 'America/Bogota' }, more: 1 }, 'admin');
    expect(got).toEqual({
      grant: 'g',
      options: {
        map: {},
        source: null,
        format: null,
        encoding: null,
        delimiter: null,
        dateOrder: null,
        zone: 'America/Bogota',
      },
    });
  });
});

describe('what goes wrong', () => {
  const failing = (thrown: unknown) => makeDispatch({ 'app.status': () => Promise.reject(thrown) });

  test('an expected error is told as it is, and not logged', async () => {
    const { call, lines } = failing(new BitacoraError('disk_full'));
    const answer = await call('app.status', {});
    expect(answer).toMatchObject({ ok: false, error: { code: 'disk_full' } });
    expect(lines).toEqual([]);
  });

  test.each([
    new Error('secret path /home/x'),
    new TypeError('x is not a function'),
    'a text',
    undefined,
    { code: 'disk_full' },
  ])('a bug (%s) is logged with its stack, and told only by its reference', async (thrown) => {
    const { call, lines } = failing(thrown);
    const answer = await call('app.status', {});
    if (answer.ok) throw new Error('accepted');
    expect(answer.error.code).toBe('internal');
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] ?? '') as Record<string, string>;
    expect(line.reference).toBe(answer.error.details.reference);
    expect(line.procedure).toBe('app.status');
    if (thrown instanceof Error) expect(line.stack).toContain('dispatch.test.ts');
  });

  test('a handler that throws before it promises anything is no different', async () => {
    const { call, lines } = makeDispatch({
      'app.status': () => {
        throw new Error('at once');
      },
    });
    expect(codeOf(await call('app.status', {}))).toBe('internal');
    expect(lines).toHaveLength(1);
  });

  test('authentication that fails is told as what it is', async () => {
    const lines: string[] = [];
    const dispatch = createDispatch({
      handlers: {} as Handlers,
      authenticate: () => Promise.reject(new BitacoraError('ledger_damaged', { path: 'x', reason: 'y' })),
      log: createLog((line) => lines.push(line)),
    });
    const answer = await dispatch(
      {
        procedure: 'app.status',
        input: {},
        session: 'x',
        signal: new AbortController().signal,
        progress: () => undefined,
        event: () => undefined,
      },
      'window',
    );
    expect(codeOf(answer)).toBe('ledger_damaged');
    expect(lines).toEqual([]);
  });
});

describe('cancelling', () => {
  test('before the handler, it is not reached', async () => {
    const { call, reached } = makeDispatch();
    const controller = new AbortController();
    controller.abort();
    expect(codeOf(await call('app.status', {}, undefined, 'window', controller.signal))).toBe('cancelled');
    expect(reached).toEqual([]);
  });

  test.each([
    ['with the reason of the signal', (signal: AbortSignal) => signal.throwIfAborted()],
    [
      'with a failure of its own',
      () => {
        throw new Error('the socket was closed under me');
      },
    ],
  ])('while it runs: told as cancelled %s, never logged', async (_how, fail) => {
    const { call, lines } = makeDispatch({
      'app.status': (_input, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            try {
              fail(signal);
            } catch (error) {
              reject(error);
            }
          });
        }),
    });
    const controller = new AbortController();
    const answer = call('app.status', {}, undefined, 'window', controller.signal);
    setImmediate(() => controller.abort());
    expect(codeOf(await answer)).toBe('cancelled');
    expect(lines).toEqual([]);
  });

  test('an error of another kind than ours is recognised', () => {
    expect(isBitacoraError({ code: 'cancelled' })).toBe(false);
  });
});

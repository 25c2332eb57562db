import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '#main/engine/create-engine.ts';
import { sortColumns } from '#shared/contract/entry.ts';
import { type ProcedureName, procedures } from '#shared/contract/procedures.ts';
import { valueKeys } from '#shared/contract/query.ts';
import { statisticsKeys } from '#shared/contract/statistics.ts';
import { facetColumns } from '#shared/contract/view.ts';
import { parseQuery } from '#shared/query/parse.ts';
import { createRpcClient } from '#shared/rpc/client.ts';
import type { ClientFrame, ServerFrame } from '#shared/rpc/frames.ts';
import { portPair } from '#shared/rpc/port.ts';
import { serveRpc } from '#shared/rpc/server.ts';
import { bugsIn, codeOf, connect, openEngine, password, temporaryFolder, wholeLog } from '../engine/engine-kit.ts';

const data = path.join(temporaryFolder(), 'data');
let engine: Engine;
let token = '';
const signIn = async (): Promise<void> => {
  token = (await connect(engine, 'window').call('session.signIn', { login: 'ana', password })).token;
};
/** Signing out is among what is tried, and hashing a password takes its time. */
const beSignedIn = async (): Promise<void> => {
  if ((await codeOf(connect(engine, 'window', token).call('session.current', {}))) !== 'fine') await signIn();
};
beforeAll(async () => {
  engine = await openEngine(data);
  await connect(engine, 'window').call('setup.create', { login: 'ana', name: 'Ana', password });
  await connect(engine, 'host').call('demo.fill', { rows: 3000, seed: 5 });
  await signIn();
});
afterAll(async () => {
  await engine.close();
});

const deep = (depth: number): unknown => {
  let value: unknown = 'end';
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
};
const ring: Record<string, unknown> = {};
ring.self = ring;

/** Whatever can be cloned from one process to another. */
const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
    maxDepth: 3,
  }),
  fc.constantFrom<unknown>(
    ...[undefined, null, true, Number.NaN, -0, Number.POSITIVE_INFINITY, 1e308, -1, 0.5, 2 ** 53, 2 ** 31, 2n ** 80n],
    ...[
      '',
      '\0',
      '\ud800',
      'x\udc00y',
      '__proto__',
      'constructor',
      '%s %d',
      "'; DROP TABLE entry; --",
      'é'.repeat(5000),
    ],
    ...[
      'x'.repeat(1_000_000),
      deep(2000),
      deep(3500),
      ring,
      new Date(Number.NaN),
      new ArrayBuffer(8),
      /(a+)+$/,
      new Error('x'),
    ],
    ...[JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}'), [[]], {}, Object.create(null)],
  ),
);

/** Objects with the right fields, of which some are right and some are anything. */
const near = <Value>(right: fc.Arbitrary<Value>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 40, arbitrary: right }, { weight: 1, arbitrary: strange });
const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc.constantFrom('a', '\0', '\ud800', 'x'.repeat(20_000)),
);
const whole = fc.oneof(
  fc.integer({ min: -2, max: 4000 }),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 2 ** 32, 2 ** 53 - 1),
);
const time = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('2026', '-7d', '-999999y', '0001', '9999-12-31', '2026-03-01T10:00:00Z', '-0min'),
  },
  { weight: 1, arbitrary: fc.oneof(text, fc.constantFrom('2026-02-30', '+1d', ' ', '2026-03-01T10:00:00Z\0')) },
);
const instant = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('2026-03-01T10:00:00Z', '1684-01-01T00:00:00Z', '2255-01-01T00:00:00.000001Z'),
  },
  { weight: 1, arbitrary: time },
);
/** A number as a limit wants it, or one beyond. */
const limit = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 1000 }) }, { weight: 1, arbitrary: whole });
const entryId = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 3100 }) }, { weight: 1, arbitrary: whole });
const value = fc.record({ text: near(text), prefix: near(fc.boolean()) });
const clause = fc.oneof(
  fc.record({ kind: fc.constant('word'), exclude: fc.boolean(), value }),
  fc.record({
    kind: fc.constant('value'),
    key: near(fc.constantFrom(...valueKeys)),
    exclude: fc.boolean(),
    values: fc.array(value, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant('number'),
    key: fc.constantFrom('id', 'status'),
    exclude: fc.boolean(),
    tests: fc.array(
      fc.oneof(
        fc.record({ op: fc.constantFrom('=', '>=', '>', '<=', '<'), value: near(whole) }),
        fc.record({ op: fc.constant('..'), from: near(whole), to: near(whole) }),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  fc.record({
    kind: fc.constant('time'),
    key: fc.constantFrom('from', 'to', 'date'),
    exclude: fc.boolean(),
    start: near(fc.option(time)),
    end: near(fc.option(time)),
  }),
);
const view = fc.record({
  query: near(fc.record({ clauses: fc.array(near(clause), { maxLength: 4 }) })),
  sort: near(fc.record({ column: near(fc.constantFrom(...sortColumns)), descending: fc.boolean() })),
  reading: near(
    fc.record({
      zone: near(fc.constantFrom('UTC', 'America/Mexico_City', 'Asia/Kathmandu', 'Nowhere/Else', '__proto__')),
      ignoreAccents: fc.boolean(),
    }),
  ),
  newestId: near(fc.option(fc.nat(5000))),
  now: near(fc.option(instant)),
});
const cursor = fc.oneof(
  text,
  fc
    .record({ id: near(entryId), position: near(entryId), newestId: near(entryId), now: near(instant) })
    .map((cells) => {
      try {
        return Buffer.from(JSON.stringify(cells)).toString('base64url');
      } catch {
        // Some of what is strange has no JSON.
        return 'e30';
      }
    }),
);
const start = fc.oneof(
  fc.record({ position: near(fc.oneof(fc.nat(4000), fc.constantFrom(2 ** 32, 2 ** 53 - 1))) }),
  fc.record({ id: near(entryId) }),
  fc.record({ instant: near(instant) }),
  fc.record({ after: near(cursor) }),
);
const options = fc.record(
  { map: near(fc.dictionary(text, text)), zone: near(text), format: near(text) },
  { requiredKeys: [] },
);

const nearInputs: Partial<Record<ProcedureName, fc.Arbitrary<unknown>>> = {
  'session.signIn': fc.record({ login: near(text), password: near(text) }),
  'account.create': fc.record({
    login: near(fc.oneof(text, fc.constantFrom('eva', 'Eva', 'ñandú', 'ana'))),
    name: near(text),
    role: near(fc.constantFrom('admin', 'auditor')),
    password: near(fc.constant('otra frase larga')),
  }),
  'preferences.write': fc.record({ key: near(text), value: strange }),
  'log.page': fc.record({ view: near(view), start: near(start), limit: near(limit) }),
  'log.count': fc.record({ view: near(view) }),
  'log.facets': fc.record({
    view: near(view),
    columns: near(fc.array(near(fc.constantFrom(...facetColumns)), { minLength: 1, maxLength: 4 })),
    limit: near(limit),
    search: near(fc.option(text)),
  }),
  'log.timeline': fc.record({ view: near(view), bars: near(limit) }),
  'log.entry': fc.record({ id: near(entryId) }),
  'log.recordLife': fc.record({ id: near(entryId), limit: near(limit) }),
  'statistics.read': fc.record({
    from: near(fc.option(fc.constantFrom('2026-01-01', '0000-01-01', '9999-12-31', '2026-02-30', '-7d'))),
    to: near(fc.option(fc.constantFrom('2026-01-03', '1684-12-01', '+010000-01-01', 'hoy'))),
    users: near(fc.option(fc.array(text, { minLength: 1 }))),
    events: near(fc.option(fc.array(text, { minLength: 1 }))),
    modules: near(fc.option(fc.array(text, { minLength: 1 }))),
    by: near(fc.array(near(fc.constantFrom(...statisticsKeys)), { maxLength: 6 })),
    limit: near(limit),
  }),
  'import.preview': fc.record({ grant: near(text), options: near(options) }),
  'import.run': fc.record({ grant: near(text), options: near(options), users: near(fc.option(text)) }),
};

/** The watches stay open, and the demo takes the ledger away: each has a test of its own. */
const lasting: readonly ProcedureName[] = ['app.watch', 'capture.watch', 'export.watch', 'setup.openDemo'];
/** A plain object is all that these ask for. */
const isTaken = (name: ProcedureName, input: unknown): boolean =>
  lasting.includes(name) && typeof input === 'object' && input !== null && !Array.isArray(input);

const cloneable = (input: unknown): boolean => {
  try {
    structuredClone(input);
    return true;
  } catch {
    return false;
  }
};

const names = Object.keys(procedures) as ProcedureName[];

describe('inputs', () => {
  test.each(names)('%s: whatever comes, the answer is one that is expected', { timeout: 120_000 }, async (name) => {
    await beSignedIn();
    const codes = new Map<string, number>();
    const input = nearInputs[name]
      ? fc.oneof({ weight: 5, arbitrary: nearInputs[name] }, { weight: 1, arbitrary: strange })
      : strange;
    // After 25 failures in a row everybody has to wait; hashing a password takes its time, and so do all indexes anew.
    const fewer: Partial<Record<ProcedureName, number>> = {
      'session.signIn': 20,
      'account.create': 60,
      'index.rebuild': 80,
    };
    const numRuns = fewer[name] ?? (name.startsWith('log.') ? 400 : 250);
    await fc.assert(
      fc.asyncProperty(input, async (tried) => {
        if (isTaken(name, tried) || !cloneable(tried)) return;
        const code = await codeOf(connect(engine, 'window', token).client.call(name, tried, { session: token }));
        codes.set(code, (codes.get(code) ?? 0) + 1);
        if (code === 'internal') expect.fail(bugsIn(data).at(-1));
        if (name === 'session.signOut' && code === 'fine') await signIn();
      }),
      { numRuns, seed: 17, endOnFailure: true },
    );
    // Where there is something to accept, some of it was accepted, and some refused.
    if (name.startsWith('log.')) expect([...codes.keys()]).toEqual(expect.arrayContaining(['fine', 'invalid']));
    expect(codes.size).toBeGreaterThan(0);
    // Still there, and still itself.
    await beSignedIn();
    expect(await connect(engine, 'window', token).call('log.count', { view: wholeLog() })).toEqual({ count: 3000 });
    expect(({} as Record<string, unknown>).admin).toBe(undefined);
  });
});

test('frames: what is no frame is dropped, and the calls beside it are answered', async () => {
  const [here, there] = portPair<ServerFrame, ClientFrame>();
  serveRpc(there, (call) => engine.dispatch(call, 'window'));
  const client = createRpcClient(here);
  const broken = fc.oneof(
    strange,
    fc.record(
      {
        t: fc.oneof(fc.constantFrom('call', 'cancel', 'ok', '__proto__'), strange),
        id: fc.oneof(fc.integer({ min: 1_000_000 }), strange),
        procedure: fc.oneof(fc.constantFrom('app.status', 'log.count', 'no.such'), strange),
        input: strange,
        session: fc.oneof(fc.constant(token), strange),
      },
      { requiredKeys: [] },
    ),
  );
  const frames = fc.sample(broken, { numRuns: 3000, seed: 23 }).filter(cloneable);
  expect(frames.length).toBeGreaterThan(2500);
  for (const [i, frame] of frames.entries()) {
    here.send(frame as ClientFrame);
    if (i % 500 === 0) expect(await client.call('app.status', {})).toMatchObject({ version: '9.8.7' });
  }
  expect(await client.call('app.status', {})).toMatchObject({ version: '9.8.7' });
  client.close();
});

describe('hostile queries', () => {
  const answer = (query: ReturnType<typeof parseQuery>): Promise<string> =>
    codeOf(
      connect(engine, 'window', token).call('log.page', {
        view: { ...wholeLog(), query },
        start: { position: 0 },
        limit: 50,
      }),
    );
  const written = (text: string): string | ReturnType<typeof parseQuery> => {
    try {
      return parseQuery(text);
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  test.each([
    ['ten thousand characters in one word', 'x'.repeat(10_000)],
    ['ten thousand words’ worth of dashes', '-'.repeat(10_000)],
    ['ten thousand quotes', '"'.repeat(10_000)],
    ['five hundred chips', Array.from({ length: 500 }, (_, i) => `usuario:u${i}`).join(' ')],
    ['five hundred words', Array.from({ length: 500 }, (_, i) => `w${i}`).join(' ')],
    ['five hundred excluded words', Array.from({ length: 500 }, (_, i) => `-w${i}`).join(' ')],
    ['five thousand values', `evento:${Array.from({ length: 5000 }, (_, i) => `e${i}`).join(',')}`],
    ['a thousand and one clauses', Array.from({ length: 1001 }, () => 'a').join(' ')],
    ['what a regular expression would choke on', `(a+)+$ ${'a'.repeat(5000)} [^ ]* (?=x)`],
    ['SQL', `' OR 1=1; DROP TABLE entry; -- %_\\`],
    ['reversed ranges', 'id:9..1'],
    ['reversed times', 'fecha:2027..2026'],
    ['a time that is none', 'desde:2026-02-31'],
    ['all of history', 'desde:0001 hasta:9999'],
    ['very long ago', 'desde:-999999a'],
    ['NUL and halves of pairs', 'a\0b \ud800 "\udc00*"*'],
    ['combining marks alone', '\u0301\u0301\u0301'],
    ['a wildcard alone', '*'],
    ['a key with nothing', 'evento:'],
  ])('%s', async (_what, text) => {
    const query = written(text);
    if (typeof query === 'string') expect(query).toBe('query_unreadable');
    else expect(await answer(query)).toBe('fine');
  });

  test('structures that no text could write', async () => {
    const word = (text: string) => ({ kind: 'word' as const, exclude: false, value: { text, prefix: false } });
    expect(
      await answer({ clauses: [{ kind: 'number', key: 'id', exclude: false, tests: [{ op: '..', from: 9, to: 1 }] }] }),
    ).toBe('fine');
    expect(await answer({ clauses: [{ kind: 'time', key: 'date', exclude: true, start: null, end: null }] })).toBe(
      'fine',
    );
    expect(await answer({ clauses: [{ kind: 'time', key: 'from', exclude: false, start: 'ayer', end: null }] })).toBe(
      'query_unreadable',
    );
    expect(await answer({ clauses: [word('x'.repeat(1_000_000))] })).toBe('fine');
    expect(await answer({ clauses: Array.from({ length: 1001 }, () => word('a')) })).toBe('invalid');
  });

  test('an unknown sort column and an unknown zone are named', async () => {
    const admin = connect(engine, 'window', token);
    const page = (change: object) =>
      admin.client.call(
        'log.page',
        { view: { ...wholeLog(), ...change }, start: { position: 0 }, limit: 5 },
        { session: token },
      );
    await expect(page({ sort: { column: 'password_hash', descending: true } })).rejects.toMatchObject({
      code: 'invalid',
      details: { fields: 'view.sort.column' },
    });
    const query = parseQuery('fecha:2026');
    await expect(page({ query, reading: { zone: 'Mars/Olympus', ignoreAccents: true } })).rejects.toMatchObject({
      code: 'invalid',
    });
  });
});

test('no bug was met by all this, and one signs in as before', async () => {
  await signIn();
  expect(bugsIn(data)).toEqual([]);
});

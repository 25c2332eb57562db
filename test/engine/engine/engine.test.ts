import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { pageSchema } from '#shared/contract/view.ts';
import { withBuiltThreads } from '../built-threads.ts';
import { bugsIn, codeOf, connect, openEngine, password, setUp, temporaryFolder, wholeLog } from './engine-kit.ts';

const line = (number: number): string =>
  JSON.stringify({
    id: number,
    date: new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString(),
    user: number % 2 === 0 ? 'ana' : 'luis',
    event: number % 3 === 0 ? 'CREATE' : 'UPDATE',
    model: 'Artículo',
    object_id: number % 10,
    field: 'precio',
    old_value: `antes ${number}`,
    new_value: `después ${number}`,
  });

const writeTrail = (folder: string, rows: number, from = 1): string => {
  const file = path.join(folder, `trail-${rows}-${from}.ndjson`);
  writeFileSync(file, `${Array.from({ length: rows }, (_, place) => line(from + place)).join('\n')}\n`);
  return file;
};

describe('from the first start to an answer', () => {
  test('set up, sign in, import, look, count, and again after a restart', async () => {
    const folder = temporaryFolder();
    const data = path.join(folder, 'data');
    const engine = await openEngine(data);
    const stranger = connect(engine, 'window');
    expect(await stranger.call('app.status', {})).toMatchObject({
      version: '9.8.7',
      needsSetup: true,
      ledger: { state: 'missing', entries: 0, error: null },
    });
    expect(await codeOf(stranger.call('log.page', { view: wholeLog(), start: { position: 0 }, limit: 10 }))).toBe(
      'unauthenticated',
    );

    const { admin, session } = await setUp(engine);
    expect(session.account).toEqual({ login: 'ana', name: 'Ana', role: 'admin' });
    expect(await stranger.call('app.status', {})).toMatchObject({ needsSetup: false, ledger: { state: 'open' } });
    expect(await codeOf(stranger.call('setup.create', { login: 'eva', name: 'Eva', password }))).toBe('conflict');
    expect(await codeOf(stranger.call('session.signIn', { login: 'ana', password: 'otra frase' }))).toBe(
      'wrong_credentials',
    );
    const again = await stranger.call('session.signIn', { login: 'ANA', password });
    expect(again.token).not.toBe(session.token);

    // An empty ledger answers like any other.
    const empty = await admin.call('log.page', { view: wholeLog(), start: { position: 0 }, limit: 10 });
    expect(empty).toMatchObject({ rows: [], total: { atLeast: 0, exact: true }, next: null, newestId: 0 });

    const { grant, name } = await connect(engine, 'host').call('file.grant', { path: writeTrail(folder, 300) });
    expect(name).toBe('trail-300-1.ndjson');
    const preview = await admin.call('import.preview', { grant, options: {} });
    expect(preview.columns.map(({ target }) => target)).toContain('occurredAt');
    const progress: unknown[] = [];
    const result = await admin.call(
      'import.run',
      {
        grant: (await connect(engine, 'host').call('file.grant', { path: writeTrail(folder, 300) })).grant,
        options: {},
      },
      { onProgress: (value) => progress.push(value) },
    );
    expect(result).toMatchObject({
      read: 300,
      stored: 300,
      duplicates: 0,
      rejected: 0,
      rejectsFile: null,
      warning: null,
    });

    const view = wholeLog([
      { kind: 'value', key: 'event', exclude: false, values: [{ text: 'create', prefix: false }] },
      { kind: 'word', exclude: false, value: { text: 'DESPUES 1', prefix: false } },
    ]);
    const wanted = Array.from({ length: 300 }, (_, place) => 300 - place).filter(
      (number) => number % 3 === 0 && String(number).startsWith('1'),
    );
    const page = await admin.call('log.page', { view, start: { position: 0 }, limit: 10 });
    expect(pageSchema.parse(page)).toEqual(page);
    expect(page.rows.map(({ id }) => id)).toEqual(wanted.slice(0, 10));
    expect(page.rows[0]?.newValue?.text).toBe(`después ${wanted[0]}`);
    const next = await admin.call('log.page', { view, start: { after: page.next ?? '' }, limit: 1000 });
    expect(next.rows.map(({ id }) => id)).toEqual(wanted.slice(10));
    expect(await admin.call('log.count', { view })).toEqual({ count: wanted.length });
    const { facets } = await admin.call('log.facets', { view, columns: ['event', 'user'], limit: 10, search: null });
    expect(facets.find(({ column }) => column === 'event')?.distinct).toBe(2);
    const timeline = await admin.call('log.timeline', { view, bars: 20 });
    expect(timeline.counts.reduce((sum, count) => sum + count, 0)).toBe(wanted.length);
    const entry = await admin.call('log.entry', { id: 7 });
    expect(entry).toMatchObject({ id: 7, newValue: 'después 7', origin: { file: 'trail-300-1.ndjson', line: 7 } });
    const life = await admin.call('log.recordLife', { id: 7, limit: 100 });
    expect(life.total).toBe(30);
    expect(
      life.steps.every(({ unloggedChange }, i) => (unloggedChange === null) === (i === life.steps.length - 1)),
    ).toBe(true);
    expect(await codeOf(admin.call('log.entry', { id: 301 }))).toBe('entry_not_found');

    await admin.call('preferences.write', { key: 'columns', value: ['id', 'event'] });
    await engine.close();
    expect(await codeOf(admin.call('log.count', { view }))).not.toBe('fine');

    const restarted = await openEngine(data);
    const later = connect(restarted, 'window', session.token);
    expect(await later.call('session.current', {})).toEqual(session.account);
    expect(await later.call('log.count', { view })).toEqual({ count: wanted.length });
    expect(await later.call('preferences.read', {})).toEqual({ values: { columns: ['id', 'event'] } });
    await later.call('session.signOut', {});
    expect(await codeOf(later.call('session.current', {}))).toBe('unauthenticated');
    await restarted.close();
    expect(bugsIn(data)).toEqual([]);
  });

  test('what is watched is told', async () => {
    const folder = temporaryFolder();
    const engine = await openEngine(path.join(folder, 'data'));
    const { admin } = await setUp(engine);
    const told: number[] = [];
    const controller = new AbortController();
    const enough = new Promise<void>((resolve) => {
      void codeOf(
        admin.call(
          'app.watch',
          {},
          {
            signal: controller.signal,
            onEvent: (event) => {
              told.push((event as { status: { ledger: { entries: number } } }).status.ledger.entries);
              if (told.at(-1) === 50) resolve();
            },
          },
        ),
      ).then((code) => expect(code).toBe('cancelled'));
    });
    const { grant } = await connect(engine, 'host').call('file.grant', { path: writeTrail(folder, 50) });
    await admin.call('import.run', { grant, options: {} });
    await enough;
    controller.abort();
    await engine.close();
  });
});

describe('cancelling', () => {
  test('a look at a large log ends as cancelled, whether it runs or waits, and the next one is answered', async () => {
    const data = path.join(temporaryFolder(), 'data');
    const engine = await openEngine(data);
    const { admin } = await setUp(engine);
    await connect(engine, 'host').call('demo.fill', { rows: 30_000, seed: 3 });
    const search = (text: string) => wholeLog([{ kind: 'word', exclude: true, value: { text, prefix: true } }]);
    for (const procedure of ['log.count', 'log.page', 'log.facets', 'log.timeline'] as const) {
      const ask = (text: string, signal?: AbortSignal): Promise<unknown> => {
        const view = search(text);
        const options = signal ? { signal } : {};
        if (procedure === 'log.count') return admin.call('log.count', { view }, options);
        if (procedure === 'log.page')
          return admin.call('log.page', { view, start: { position: 29_999 }, limit: 10 }, options);
        if (procedure === 'log.timeline') return admin.call('log.timeline', { view, bars: 10 }, options);
        return admin.call('log.facets', { view, columns: ['event'], limit: 5, search: null }, options);
      };
      const controller = new AbortController();
      // The first runs, the others wait behind it; each asks for something else, so that nothing is kept.
      const asked = [1, 2, 3].map((number) => codeOf(ask(`e${procedure} ${number}`, controller.signal)));
      setTimeout(() => controller.abort(), 5);
      for (const code of await Promise.all(asked)) expect(['cancelled', 'fine'], procedure).toContain(code);
      expect(await codeOf(ask(`e${procedure} 1`)), procedure).toBe('fine');
    }
    const controller = new AbortController();
    controller.abort();
    expect(await codeOf(admin.call('log.count', { view: search('x') }, { signal: controller.signal }))).toBe(
      'cancelled',
    );
    await engine.close();
    expect(bugsIn(data)).toEqual([]);
  });

  test('the engine itself is told: what was cancelled ends there, not only for the caller', async () => {
    const data = path.join(temporaryFolder(), 'data');
    const engine = await openEngine(data);
    const { session } = await setUp(engine);
    await connect(engine, 'host').call('demo.fill', { rows: 20_000, seed: 4 });
    const controller = new AbortController();
    const view = wholeLog([{ kind: 'word', exclude: true, value: { text: 'qq', prefix: true } }]);
    const answer = engine.dispatch(
      {
        procedure: 'log.count',
        input: { view },
        session: session.token,
        signal: controller.signal,
        progress: () => controller.abort(),
        event: () => undefined,
      },
      'window',
    );
    // Aborted from its own first progress: it was surely running.
    expect(await answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(await connect(engine, 'window', session.token).call('log.count', { view })).toEqual({
      count: expect.any(Number),
    });
    await engine.close();
  });

  test('an import that is cancelled goes on where it was', async () => {
    const folder = temporaryFolder();
    const data = path.join(folder, 'data');
    const engine = await openEngine(data);
    const { admin } = await setUp(engine);
    const file = writeTrail(folder, 40_000);
    const grant = async (): Promise<string> => (await connect(engine, 'host').call('file.grant', { path: file })).grant;
    const controller = new AbortController();
    const cancelled = await codeOf(
      admin.call(
        'import.run',
        { grant: await grant(), options: {} },
        { signal: controller.signal, onProgress: () => controller.abort() },
      ),
    );
    expect(cancelled).toBe('cancelled');
    const result = await admin.call('import.run', { grant: await grant(), options: {} });
    expect(result.read).toBe(40_000);
    expect(result.stored + result.duplicates).toBe(40_000);
    expect(await admin.call('log.count', { view: wholeLog() })).toEqual({ count: 40_000 });
    await engine.close();
    expect(bugsIn(data)).toEqual([]);
  });
});

test('closing while an import runs loses nothing that it was told is stored', async () => {
  const folder = temporaryFolder();
  const data = path.join(folder, 'data');
  const engine = await openEngine(data);
  const { admin } = await setUp(engine);
  const file = writeTrail(folder, 60_000);
  const { grant } = await connect(engine, 'host').call('file.grant', { path: file });
  let acknowledged = 0;
  const running = new Promise<string>((resolve) => {
    let closing = false;
    const import_ = admin.call(
      'import.run',
      { grant, options: {} },
      {
        onProgress: (value) => {
          acknowledged = (value as { stored: number }).stored;
          if (closing || acknowledged === 0) return;
          closing = true;
          void engine.close();
        },
      },
    );
    void codeOf(import_).then(resolve);
  });
  expect(await running).not.toBe('fine');
  await engine.close();
  const db = new Database(path.join(data, 'ledger.db'), { readonly: true });
  const stored = Number(db.prepare('SELECT count(*) FROM entry').pluck().get());
  expect(stored).toBeGreaterThanOrEqual(acknowledged);
  expect(stored).toBe(Number(db.prepare('SELECT max(id) FROM entry').pluck().get()));
  db.close();
  const after = await openEngine(data);
  const host = connect(after, 'host');
  const result = await host.call('import.run', {
    grant: (await host.call('file.grant', { path: file })).grant,
    options: {},
  });
  expect(result.stored + result.duplicates).toBe(60_000);
  expect(await host.call('log.count', { view: wholeLog() })).toEqual({ count: 60_000 });
  await after.close();
  expect(bugsIn(data)).toEqual([]);
});

test('a view that no reader can take is refused once, whichever of the estimate and the answer says so first', async () => {
  const data = path.join(temporaryFolder(), 'data');
  const engine = await openEngine(data);
  const { admin } = await setUp(engine);
  await connect(engine, 'host').call('demo.fill', { rows: 3000, seed: 5 });
  const view = { ...wholeLog(), now: '1684-01-01T00:00:00Z' };
  // A refusal that nobody hears ends the run of the tests, as it would end the engine.
  for (let round = 0; round < 20; round++) {
    const facets = admin.call('log.facets', { view, columns: ['event'], limit: 5, search: null });
    expect(await codeOf(facets)).toBe('invalid');
    expect(await codeOf(admin.call('log.timeline', { view, bars: 10 }))).toBe('invalid');
  }
  await engine.close();
  expect(bugsIn(data)).toEqual([]);
});

test('statistics say what the facets say, and a check agrees, tells how far it is and can be cancelled', async () => {
  const engine = await openEngine(path.join(temporaryFolder(), 'data'));
  const { admin } = await setUp(engine);
  await connect(engine, 'host').call('demo.fill', { rows: 20_000, seed: 5 });
  const everything = { from: null, to: null, users: null, events: null, modules: null, limit: 1000 };
  const { facets } = await admin.call('log.facets', {
    view: wholeLog(),
    columns: ['user', 'event', 'module'],
    limit: 1000,
    search: null,
  });
  for (const { column, values, distinct } of facets) {
    const by = [column] as ('user' | 'event' | 'module')[];
    const found = await admin.call('statistics.read', { ...everything, by });
    expect(found).toMatchObject({ entries: 20_000, newestId: 20_000 });
    const named = found.rows.filter(({ keys: [key] }) => key !== null);
    expect(named).toHaveLength(distinct);
    const byCount = (list: { value: string; label: string; count: number }[]): string[] =>
      list.map(({ value, label, count }) => `${count} ${value} ${label}`).sort();
    expect(
      byCount(named.map(({ keys: [key], entries }) => ({ value: '', label: '', ...key, count: entries }))),
    ).toEqual(byCount(values));
  }
  const months = await admin.call('statistics.read', { ...everything, by: ['month'] });
  expect(months.rows.reduce((sum, { entries }) => sum + entries, 0)).toBe(20_000);
  const progress: unknown[] = [];
  const onProgress = (value: unknown): void => {
    progress.push(value);
  };
  expect(await admin.call('statistics.check', {}, { onProgress })).toEqual({
    entries: 20_000,
    differences: 0,
    first: [],
  });
  expect(progress.at(-1)).toEqual({ done: 20_000, total: 20_000 });
  const controller = new AbortController();
  const checking = codeOf(admin.call('statistics.check', {}, { signal: controller.signal }));
  controller.abort();
  expect(await checking).toBe('cancelled');
  await engine.close();
});

test('the demo is opened beside the ledger, and left again', { timeout: 120_000 }, async () => {
  const data = path.join(temporaryFolder(), 'data');
  const engine = await openEngine(data);
  const { admin, session } = await setUp(engine);
  expect(await codeOf(connect(engine, 'window').call('setup.openDemo', {}))).toBe('unauthenticated');
  const progress: number[] = [];
  const demo = await admin.call(
    'setup.openDemo',
    {},
    { onProgress: (value) => progress.push((value as { done: number }).done) },
  );
  expect(progress.at(-1)).toBe(50_000);
  expect(await codeOf(admin.call('session.current', {}))).toBe('unauthenticated');
  const inside = connect(engine, 'window', demo.token);
  const status = await inside.call('app.status', {});
  expect(status.ledger).toMatchObject({ demo: true, state: 'open', entries: 50_000 });
  expect(status.ledger.path).toBe(path.join(data, 'demo', 'ledger.db'));
  const page = await inside.call('log.page', { view: wholeLog(), start: { position: 0 }, limit: 5 });
  expect(page.rows).toHaveLength(5);
  await inside.call('setup.leaveDemo', {});
  expect(await codeOf(inside.call('session.current', {}))).toBe('unauthenticated');
  const back = connect(engine, 'window', session.token);
  expect(await back.call('app.status', {})).toMatchObject({ ledger: { demo: false, entries: 0 } });
  expect(await back.call('session.current', {})).toEqual(session.account);
  const again = await back.call('setup.openDemo', {});
  expect(await connect(engine, 'window', again.token).call('log.count', { view: wholeLog() })).toEqual({
    count: 50_000,
  });
  await engine.close();
  expect(bugsIn(data)).toEqual([]);
});

describe('a ledger that can’t be opened', () => {
  const makeFailing = async (make: (file: string) => unknown): Promise<{ data: string; file: string }> => {
    const data = path.join(temporaryFolder(), 'data');
    mkdirSync(data);
    const file = path.join(data, 'ledger.db');
    await make(file);
    return { data, file };
  };

  test.each([
    ['ledger_not_ours', (file: string) => writeFileSync(file, 'notes\n'.repeat(100))],
    [
      'ledger_newer',
      async (file: string) => {
        const engine = await openEngine(path.dirname(file));
        await setUp(engine);
        await engine.close();
        const db = new Database(file);
        db.pragma('user_version = 900');
        db.close();
      },
    ],
  ] as const)('%s: the engine is up and says why', async (code, make) => {
    const { data, file } = await makeFailing(make);
    const engine = await openEngine(data);
    const window = connect(engine, 'window');
    const status = await window.call('app.status', {});
    expect(status.needsSetup).toBe(false);
    expect(status.ledger).toMatchObject({ state: 'failed', path: file, error: { code } });
    expect(await codeOf(window.call('setup.create', { login: 'ana', name: 'Ana', password }))).toBe(code);
    expect(await codeOf(connect(engine, 'host').call('log.count', { view: wholeLog() }))).toBe(code);
    await engine.close();
    expect(bugsIn(data)).toEqual([]);
  });

  test('ledger_locked: told while another process has it, and mended by asking again', async () => {
    const data = path.join(temporaryFolder(), 'data');
    const first = await openEngine(data);
    await setUp(first);
    await first.close();
    const program = path.resolve(import.meta.dirname, '../../store/hold-ledger.ts');
    const holder = spawn(process.execPath, [...withBuiltThreads, program, data], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    const engine = await openEngine(data);
    const window = connect(engine, 'window');
    expect((await window.call('app.status', {})).ledger).toMatchObject({
      state: 'failed',
      error: { code: 'ledger_locked' },
    });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect((await window.call('app.status', {})).ledger).toMatchObject({ state: 'open', error: null });
    expect((await window.call('session.signIn', { login: 'ana', password })).account.login).toBe('ana');
    await engine.close();
    expect(bugsIn(data)).toEqual([]);
  });
});

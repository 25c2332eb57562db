import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CallContext, Caller } from '#main/engine/context.ts';
import { createAccessHandlers, openDemoSession } from '#main/procedures/access-handlers.ts';
import type { Desk } from '#main/store/desk.ts';
import { isBitacoraError } from '#shared/contract/errors.ts';
import { createMemoryDesk, type DeskState, emptyDeskState } from './memory-desk.ts';

const second = 1_000_000;
const hour = 3600 * second;
const admin = { login: 'ana.ruiz', name: 'Ana Ruiz', password: 'una frase bastante larga' };

const start = (state: DeskState = emptyDeskState()) => {
  let time = Date.UTC(2026, 10, 21) * 1000;
  let desk: Desk | null = createMemoryDesk(state);
  const access = createAccessHandlers({
    desk: () => desk,
    createLedger: async () => {
      desk ??= createMemoryDesk(state);
      return desk;
    },
    now: () => time,
  });
  const context = (caller: Caller): CallContext<never> => ({
    signal: new AbortController().signal,
    caller,
    progress: () => undefined,
    event: () => undefined,
  });
  return {
    ...access,
    state,
    context,
    pass: (microseconds: number) => {
      time += microseconds;
    },
    use: (other: Desk | null) => {
      desk = other;
    },
    signIn: (login: string, password: string) =>
      access.handlers['session.signIn']({ login, password }, context({ kind: 'anonymous' })),
    setup: (input: typeof admin) => access.handlers['setup.create'](input, context({ kind: 'anonymous' })),
  };
};

const outcome = async (attempt: Promise<unknown>): Promise<string> => {
  try {
    await attempt;
    return 'ok';
  } catch (error) {
    if (!isBitacoraError(error)) throw error;
    return error.code === 'too_many' ? `too_many ${error.details.seconds}` : error.code;
  }
};

describe('the first administrator', () => {
  it('is made once and is signed in at once', async () => {
    const engine = start();
    const session = await engine.setup(admin);
    expect(session.account).toEqual({ login: 'ana.ruiz', name: 'Ana Ruiz', role: 'admin' });
    expect(await engine.authenticate(session.token)).toMatchObject({ kind: 'account', account: session.account });
    expect(await outcome(engine.setup({ ...admin, login: 'eva' }))).toBe('conflict');
    expect(engine.state.accounts).toHaveLength(1);
  });

  it('is one, when two windows race', async () => {
    const engine = start();
    const outcomes = await Promise.all([
      outcome(engine.setup(admin)),
      outcome(engine.setup({ ...admin, login: 'eva' })),
    ]);
    expect(outcomes.sort()).toEqual(['conflict', 'ok']);
    expect(engine.state.accounts).toHaveLength(1);
  });
});

describe('a session', () => {
  it('is known only by its token’s hash', async () => {
    const engine = start();
    const { token } = await engine.setup(admin);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect([...engine.state.sessions.keys()]).toEqual([createHash('sha256').update(token).digest('hex')]);
  });

  it('survives a restart, lasts 12 hours and not longer', async () => {
    const { state, ...first } = start();
    const { token } = await first.setup(admin);
    const restarted = start(state);
    expect((await restarted.authenticate(token)).kind).toBe('account');
    restarted.pass(12 * hour - second);
    expect((await restarted.authenticate(token)).kind).toBe('account');
    restarted.pass(second);
    expect((await restarted.authenticate(token)).kind).toBe('anonymous');
  });

  it('ends at once when the person signs out, and only that one', async () => {
    const engine = start();
    const one = await engine.setup(admin);
    const two = await engine.signIn('ana.ruiz', admin.password);
    const caller = await engine.authenticate(one.token);
    await engine.handlers['session.signOut']({}, engine.context(caller));
    expect((await engine.authenticate(one.token)).kind).toBe('anonymous');
    expect((await engine.authenticate(two.token)).kind).toBe('account');
  });

  it('that is known waits for nobody while the desk is busy; what changed there takes effect once it answers', async () => {
    const engine = start();
    const { token } = await engine.setup(admin);
    const desk = createMemoryDesk(engine.state);
    let busy: Promise<unknown> = Promise.resolve();
    engine.use({ ...desk, findSession: (hash) => busy.then(() => desk.findSession(hash)) });
    expect((await engine.authenticate(token)).kind).toBe('account');

    const { promise, resolve } = Promise.withResolvers();
    busy = promise;
    engine.pass(6 * second);
    expect((await engine.authenticate(token)).kind).toBe('account');
    engine.state.sessions.clear();
    expect((await engine.authenticate(token)).kind).toBe('account');
    resolve(null);
    await expect.poll(async () => (await engine.authenticate(token)).kind).toBe('anonymous');

    const other = await engine.signIn('ana.ruiz', admin.password);
    expect((await engine.authenticate(other.token)).kind).toBe('account');
    busy = Promise.reject(new Error('the disk'));
    engine.pass(6 * second);
    expect((await engine.authenticate(other.token)).kind).toBe('account');
    await expect.poll(() => engine.authenticate(other.token).catch(String)).toBe('Error: the disk');
  });

  it('that was ended elsewhere while nobody used it is over at the next call', async () => {
    const engine = start();
    const { token } = await engine.setup(admin);
    expect((await engine.authenticate(token)).kind).toBe('account');
    engine.state.sessions.clear();
    engine.pass(11 * second);
    expect((await engine.authenticate(token)).kind).toBe('anonymous');
  });

  it('of one ledger is nothing in another, nor without a ledger', async () => {
    const engine = start();
    const { token } = await engine.setup(admin);
    expect((await engine.authenticate(token)).kind).toBe('account');
    engine.use(createMemoryDesk());
    expect((await engine.authenticate(token)).kind).toBe('anonymous');
    engine.use(null);
    expect((await engine.authenticate(token)).kind).toBe('anonymous');
    expect(await outcome(engine.signIn('ana.ruiz', admin.password))).toBe('unavailable');
  });

  it.each(['', 'x', 'x'.repeat(43), `${'x'.repeat(43)}\n`, 'x'.repeat(100_000), '\u0000'])(
    'token that is not one is anonymous',
    async (token) => {
      const engine = start();
      await engine.setup(admin);
      expect(await engine.authenticate(token)).toEqual({ kind: 'anonymous' });
      expect(await engine.authenticate(undefined)).toEqual({ kind: 'anonymous' });
    },
  );
});

describe('signing in', () => {
  it('ignores case in the login and nothing else', async () => {
    const engine = start();
    await engine.setup(admin);
    expect(await outcome(engine.signIn('ANA.Ruiz', admin.password))).toBe('ok');
    expect(await outcome(engine.signIn('ana.ruiz', admin.password.toUpperCase()))).toBe('wrong_credentials');
  });

  it('answers the same for a name that does not exist, however often it is tried', async () => {
    const known = start();
    await known.setup(admin);
    const unknown = start();
    await unknown.setup(admin);
    for (let n = 0; n < 8; n++) {
      expect(await outcome(unknown.signIn('nadie', 'xxxxxxxxxxxx'))).toBe(
        await outcome(known.signIn('ana.ruiz', 'xxxxxxxxxxxx')),
      );
    }
    expect(await outcome(unknown.signIn('x y <z>', 'xxxxxxxxxxxx'))).toBe('wrong_credentials');
  });

  it('backs off after the fifth failure: 1 s, 2 s, 4 s … and remembers it over a restart', async () => {
    let engine = start();
    const { state } = engine;
    await engine.setup(admin);
    const fail = () => outcome(engine.signIn('Ana.Ruiz', 'xxxxxxxxxxxx'));
    for (let n = 0; n < 5; n++) expect(await fail()).toBe('wrong_credentials');
    expect(await fail()).toBe('too_many 1');
    engine.pass(second);
    expect(await fail()).toBe('wrong_credentials');
    expect(await fail()).toBe('too_many 2');
    engine.pass(second);
    expect(await outcome(engine.signIn('ana.ruiz', admin.password))).toBe('too_many 1');
    engine.pass(second);
    expect(await fail()).toBe('wrong_credentials');
    engine = start(state);
    expect(await fail()).toBe('too_many 4');
  });

  it('waits at most 15 minutes, and lets the right password in after the wait', async () => {
    const engine = start();
    await engine.setup(admin);
    engine.state.attempts.set('ana.ruiz', { failures: 60, lastFailureAt: Date.UTC(2026, 10, 21) * 1000 });
    expect(await outcome(engine.signIn('ana.ruiz', admin.password))).toBe('too_many 900');
    engine.pass(900 * second);
    expect(await outcome(engine.signIn('ana.ruiz', admin.password))).toBe('ok');
    expect(engine.state.attempts.size).toBe(0);
  });

  it('never waits longer because the clock stepped back', async () => {
    const engine = start();
    await engine.setup(admin);
    engine.state.attempts.set('ana.ruiz', { failures: 6, lastFailureAt: Date.UTC(2030, 0, 1) * 1000 });
    expect(await outcome(engine.signIn('ana.ruiz', admin.password))).toBe('too_many 2');
  });

  it('many at once can’t slip past the count', async () => {
    const engine = start();
    await engine.setup(admin);
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => outcome(engine.signIn('ana.ruiz', 'x'))));
    expect(outcomes.filter((code) => code === 'wrong_credentials')).toHaveLength(5);
    expect(outcomes.filter((code) => code === 'too_many 1')).toHaveLength(7);
  });

  it('with one password on many names is slowed down as a whole', async () => {
    const engine = start();
    await engine.setup(admin);
    engine.state.attempts.set('*', { failures: 27, lastFailureAt: Date.UTC(2026, 10, 21) * 1000 });
    expect(await outcome(engine.signIn('otra', 'xxxxxxxxxxxx'))).toBe('too_many 4');
    engine.state.attempts.set('*', { failures: 500, lastFailureAt: Date.UTC(2026, 10, 21) * 1000 });
    expect(await outcome(engine.signIn('otra', 'xxxxxxxxxxxx'))).toBe('too_many 60');
  });
});

describe('the demo', () => {
  it('is entered without a password, always as the same account, which nobody can sign in to', async () => {
    const engine = start();
    const desk = createMemoryDesk(engine.state);
    const [one, two] = await Promise.all([openDemoSession(desk), openDemoSession(desk)]);
    expect(one.account).toEqual({ login: 'demo', name: 'Demo', role: 'admin' });
    expect(two.account).toEqual(one.account);
    expect(one.token).not.toBe(two.token);
    expect(engine.state.accounts).toHaveLength(1);
    expect(await outcome(engine.signIn('demo', 'demo'))).toBe('wrong_credentials');
  });
});

describe('accounts and preferences', () => {
  it('list without hashes; a taken login is a conflict', async () => {
    const engine = start();
    await engine.setup(admin);
    const host = engine.context({ kind: 'host' });
    const eva = { login: 'eva', name: 'Eva Sol', role: 'auditor', password: 'otra frase larga' } as const;
    expect(await engine.handlers['account.create'](eva, host)).toEqual({
      login: 'eva',
      name: 'Eva Sol',
      role: 'auditor',
    });
    expect(await outcome(engine.handlers['account.create']({ ...eva, login: 'EVA' }, host))).toBe('conflict');
    expect(await engine.handlers['account.list']({}, host)).toEqual({
      accounts: [
        { login: 'ana.ruiz', name: 'Ana Ruiz', role: 'admin' },
        { login: 'eva', name: 'Eva Sol', role: 'auditor' },
      ],
    });
    expect(await outcome(engine.handlers['session.current']({}, host))).toBe('forbidden');
  });

  it('are each person’s own, at most 64 KiB', async () => {
    const engine = start();
    const { token } = await engine.setup(admin);
    const ana = engine.context(await engine.authenticate(token));
    const write = (key: string, value: unknown) => engine.handlers['preferences.write']({ key, value }, ana);
    const read = async () => (await engine.handlers['preferences.read']({}, ana)).values;
    await write('columns', ['event', 'actor']);
    await write('theme', 'dark');
    expect(await read()).toEqual({ columns: ['event', 'actor'], theme: 'dark' });
    await write('theme', null);
    expect(await read()).toEqual({ columns: ['event', 'actor'] });
    expect(await outcome(write('big', 'x'.repeat(65_534)))).toBe('ok');
    expect(await outcome(write('big', 'x'.repeat(65_535)))).toBe('too_large');
    expect(await outcome(write('big', 'ñ'.repeat(40_000)))).toBe('too_large');
  });
});

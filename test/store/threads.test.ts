import { describe, expect, test } from 'vitest';
import { ThreadClient } from '#main/store/threads/thread-client.ts';
import { threadFile } from '#main/store/threads/thread-file.ts';

const start = (refuse = false, failures: unknown[] = []): ThreadClient =>
  new ThreadClient(threadFile(import.meta.url, 'echo'), { refuse }, (error) => failures.push(error));

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fine',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

/** Nested so deep that it can't be copied from one thread to another. */
const tooDeep = (): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < 200_000; i++) value = [value];
  return value;
};

describe('a thread', () => {
  test('answers in the order in which it was asked, and fails as what it failed with', async () => {
    const thread = start();
    await thread.ready;
    const answers = await Promise.all([1, 2, 3].map((number) => thread.call('echo', { number })));
    expect(answers).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }]);
    expect(await codeOf(thread.call('expected', null))).toBe('disk_full');
    const bug = await thread.call('bug', null).catch((error: unknown) => error);
    expect((bug as Error).message).toBe('a bug of the thread');
    expect((bug as Error).stack).toContain('echo.thread.ts');
    await thread.close();
    expect(await codeOf(thread.call('echo', 1))).toBe('unavailable');
  });

  test('that can’t open tells why, and is no failure of its own', async () => {
    const failures: unknown[] = [];
    const thread = start(true, failures);
    expect(await codeOf(thread.ready)).toBe('ledger_locked');
    await thread.close();
    expect(failures).toEqual([]);
  });

  test('goes on after an input that can’t be copied to it', async () => {
    const thread = start();
    for (const input of [() => undefined, Symbol('x'), tooDeep()]) {
      expect(await codeOf(thread.call('echo', input))).not.toBe('fine');
      expect(await thread.call('echo', 1)).toBe(1);
    }
    await thread.close();
  });

  test('stops what is cancelled, drops what waits, and answers the next', async () => {
    const thread = start();
    const [running, waiting] = [new AbortController(), new AbortController()];
    const begun = new Promise<void>((resolve) => {
      void codeOf(thread.call('count', null, { signal: running.signal, onProgress: () => resolve() })).then((code) =>
        expect(code).toBe('cancelled'),
      );
    });
    const dropped = thread.call('count', null, { signal: waiting.signal });
    const after = thread.call('echo', 'after');
    await begun;
    waiting.abort();
    expect(await codeOf(dropped)).toBe('cancelled');
    running.abort();
    expect(await after).toBe('after');
    await thread.close();
  });

  test('is closed in the middle of what it does, and what waits is told', async () => {
    const thread = start();
    const begun = new Promise<Promise<string>>((resolve) => {
      const running = codeOf(thread.call('count', null, { onProgress: () => resolve(Promise.resolve('begun')) }));
      void running.then((code) => expect(['cancelled', 'unavailable']).toContain(code));
    });
    const waiting = codeOf(thread.call('echo', 1));
    expect(await begun).toBe('begun');
    await thread.close();
    expect(await waiting).toBe('unavailable');
  });

  test('that ends by itself fails what it owes, and says so once', async () => {
    const failures: unknown[] = [];
    const thread = start(false, failures);
    await thread.ready;
    const owed = [codeOf(thread.call('end', null)), codeOf(thread.call('echo', 1))];
    for (const code of await Promise.all(owed)) expect(code).toContain('thread ended');
    expect(await codeOf(thread.call('echo', 1))).toContain('thread ended');
    expect(failures).toHaveLength(1);
    await thread.close();
  });
});

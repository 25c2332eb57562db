import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { withEarlyAnswers } from '#renderer/engine/early-answers.ts';
import type { WindowEngine } from '#renderer/engine/engine-client.ts';
import { BitacoraError, cancelled } from '#shared/contract/errors.ts';

/** An engine that counts: each call is answered with its own number, or fails when `fails` says so. */
const counting = (fails: (call: number) => boolean = () => false): WindowEngine => {
  let calls = 0;
  const call = async (): Promise<unknown> => {
    calls += 1;
    if (fails(calls)) throw new BitacoraError('unavailable');
    return calls;
  };
  return { call } as unknown as WindowEngine;
};

describe('answers to questions that were asked early', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('are taken once, by the same question', async () => {
    const { engine, askEarly } = withEarlyAnswers(counting());
    void askEarly('app.status', {});
    expect(await engine.call('app.status', {})).toBe(1);
    expect(await engine.call('app.status', {})).toBe(2);
  });

  test('are taken at once when they are here', async () => {
    const { engine, askEarly } = withEarlyAnswers(counting());
    const early = askEarly('app.status', {});
    expect(engine.takeAnswer('app.status', {})).toBeNull();
    await early;
    expect(engine.takeAnswer('log.entry', { id: 1 })).toBeNull();
    expect(engine.takeAnswer('app.status', {})).toBe(1);
    expect(engine.takeAnswer('app.status', {})).toBeNull();
    expect(await engine.call('app.status', {})).toBe(2);
  });

  test('are not taken by another question', async () => {
    const { engine, askEarly } = withEarlyAnswers(counting());
    void askEarly('log.entry', { id: 7 });
    expect(await engine.call('log.entry', { id: 8 })).toBe(2);
    expect(await engine.call('app.status', {})).toBe(3);
    expect(await engine.call('log.entry', { id: 7 })).toBe(1);
  });

  test('are forgotten when nobody took them', async () => {
    const { engine, askEarly } = withEarlyAnswers(counting());
    void askEarly('app.status', {});
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await engine.call('app.status', {})).toBe(2);
  });

  test('end in the engine when who took them waits no more', async () => {
    const asked: AbortSignal[] = [];
    const call = (_procedure: string, _input: unknown, { signal }: { signal: AbortSignal }): Promise<unknown> => {
      asked.push(signal);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(cancelled())));
    };
    const { engine, askEarly } = withEarlyAnswers({ call } as unknown as WindowEngine);
    void askEarly('app.status', {});
    const abort = new AbortController();
    const answer = engine.call('app.status', {}, { signal: abort.signal });
    expect(asked.map((signal) => signal.aborted)).toEqual([false]);
    abort.abort();
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    expect(asked.map((signal) => signal.aborted)).toEqual([true]);
  });

  test('a failure is heard by who takes it, and by nobody else', async () => {
    const { engine, askEarly } = withEarlyAnswers(counting((call) => call === 1));
    askEarly('app.status', {}).catch(() => undefined);
    await vi.advanceTimersByTimeAsync(10);
    await expect(engine.call('app.status', {})).rejects.toThrow(BitacoraError);
    expect(await engine.call('app.status', {})).toBe(2);
  });
});

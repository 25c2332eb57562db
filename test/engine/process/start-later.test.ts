import { expect, test } from 'vitest';
import type { EngineProcess } from '#main/engine/process/engine-process.ts';
import type { FromEngine, ToEngine } from '#main/engine/process/envelope.ts';
import { startLater } from '#main/engine/process/start-later.ts';

/** An engine process that writes down what it is told. */
const recorder = () => {
  const told: ToEngine[] = [];
  const listeners: ((message: FromEngine) => void)[] = [];
  let exit: (reason: number | string) => void = () => undefined;
  let killed = false;
  const engine: EngineProcess = {
    pid: 42,
    send: (message) => void told.push(message),
    onMessage: (listener) => void listeners.push(listener),
    onExit: (listener) => {
      exit = listener;
    },
    kill: () => {
      killed = true;
    },
  };
  return {
    engine,
    told,
    say: (message: FromEngine) => {
      for (const listener of listeners) listener(message);
    },
    end: (reason: number) => exit(reason),
    killed: () => killed,
  };
};

const stop: ToEngine = { t: 'stop' };

test('nothing starts before its moment; what was sent and listened for until then is not lost', async () => {
  const moment = Promise.withResolvers<void>();
  const real = recorder();
  let started = 0;
  const late = startLater(moment.promise, () => {
    started += 1;
    return real.engine;
  });
  const heard: FromEngine[] = [];
  const ends: (number | string)[] = [];
  late.onMessage((message) => heard.push(message));
  late.onExit((reason) => ends.push(reason));
  late.send(stop);
  await Promise.resolve();
  expect([started, late.pid, real.told]).toEqual([0, undefined, []]);

  moment.resolve();
  await moment.promise;
  expect([started, late.pid, real.told]).toEqual([1, 42, [stop]]);
  real.say({ t: 'ready' });
  late.send(stop);
  real.end(7);
  late.kill();
  expect([heard, real.told, ends, real.killed()]).toEqual([[{ t: 'ready' }], [stop, stop], [7], true]);
});

test('killed before its moment, it never starts, and its end is told', async () => {
  const moment = Promise.withResolvers<void>();
  const ends: (number | string)[] = [];
  let started = 0;
  const late = startLater(moment.promise, () => {
    started += 1;
    return recorder().engine;
  });
  late.onExit((reason) => ends.push(reason));
  late.kill();
  moment.resolve();
  await moment.promise;
  expect([started, ends]).toEqual([0, ['never started']]);
});

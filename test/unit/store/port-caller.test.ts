import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { createPortCaller } from '#main/store/threads/port-caller.ts';
import { BitacoraError } from '#shared/contract/errors.ts';

const unavailable = (error: unknown): boolean => error instanceof BitacoraError && error.code === 'unavailable';

test('a call is answered with an error when the other side has ended, before it or while it waits', async () => {
  const { port1, port2 } = new MessageChannel();
  const caller = createPortCaller(port1);
  const waits = caller.call('info', null);
  const closed = once(port1, 'close');
  port2.close();
  await expect(waits).rejects.toSatisfy(unavailable);
  await closed;
  // A closed port takes messages and drops them: nobody would ever answer.
  await expect(caller.call('info', null)).rejects.toSatisfy(unavailable);
});

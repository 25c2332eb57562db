/**
 * `node --expose-gc exchanges-passed.ts`: prints how many bytes of an exchange stay when it is over and only the young
 * objects were collected.
 */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { watchExpress } from '#client/middleware.ts';

const watched = watchExpress({ recordExchange: () => undefined });
const socket = new Socket();
const pass = (count: number): void => {
  for (let i = 0; i < count; i += 1) {
    const request = new IncomingMessage(socket);
    Object.assign(request, { url: '/', method: 'POST', rawHeaders: ['Content-Length', '2'] });
    const response = new ServerResponse(request);
    watched(request, response, () => {
      request.push('{}');
      response.end('{"hello":"world"}');
    });
    response.emit('close');
  }
};
const inUse = (): number => {
  // What was young for the second time is old then.
  for (let i = 0; i < 3; i += 1) globalThis.gc?.({ type: 'minor' });
  return process.memoryUsage().heapUsed;
};

// Few enough that the old ones need not be collected meanwhile.
const count = 300;
for (let i = 0; i < 10; i += 1) pass(count);
globalThis.gc?.();
const before = inUse();
pass(count);
process.stdout.write(String(Math.round((inUse() - before) / count)));

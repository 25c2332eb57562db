/**
 * A program with one trivial route, watched or not: `node watched-server.ts express|fastify URL SPOOL`, without the last
 * two it is bare; with `busy` in their place its middleware does nothing but take a microsecond. Prints its port; answers
 * each message with the processor time of its main thread and of all of them, microseconds. Not over HTTP: a request of
 * another kind, waiting between the turns, would keep alive in V8 what the bare program's code was made for, and not what
 * the watched one's was.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { createCaptureClient, watchExpress, watchFastify } from '#client/index.ts';

const [, , kind, url, spoolFolder = ''] = process.argv;
const isBusy = url === 'busy';
const client = url === undefined || isBusy ? null : createCaptureClient({ url, token: 'bench', spoolFolder });
const takeAMicrosecond = (_request: unknown, _answer: unknown, next: () => void): void => {
  const until = performance.now() + 0.001;
  while (performance.now() < until);
  next();
};
const answer = { hello: 'world' };
const sum = ({ user, system }: NodeJS.CpuUsage): number => user + system;
const told = (): object => ({
  main: sum(process.threadCpuUsage()),
  all: sum(process.cpuUsage()),
  ...client?.status(),
});

process.on('message', () => process.send?.(told()));

let server: Server;
if (kind === 'express') {
  const app = express();
  if (client !== null) app.use(watchExpress(client));
  if (isBusy) app.use(takeAMicrosecond);
  app.get('/', (_request, response) => void response.json(answer));
  server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
} else {
  const app = fastify();
  if (client !== null) app.addHook('onRequest', watchFastify(client));
  if (isBusy) app.addHook('onRequest', takeAMicrosecond);
  app.get('/', (_request, reply) => void reply.send(answer));
  await app.listen({ port: 0, host: '127.0.0.1' });
  server = app.server;
}
process.stdout.write(`${(server.address() as AddressInfo).port}\n`);

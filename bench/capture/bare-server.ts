/**
 * The bare way to capture: Fastify, and one insert an entry in one transaction for all requests that wait; each is
 * answered when that is on the disk. `node bare-server.ts FILE` prints its address.
 */
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { openBareLedger } from '../bare-ledger.ts';
import { type SentEntry, sentRow } from './sent-entries.ts';

const [, , file = ''] = process.argv;
const ledger = openBareLedger(file);
let stored = 0;

interface Waiting {
  readonly row: ReturnType<typeof sentRow>;
  readonly resolve: (id: number) => void;
}
let waiting: Waiting[] = [];

const commit = (): void => {
  const group = waiting;
  waiting = [];
  ledger.insert(group.map(({ row }) => row));
  for (const { resolve } of group) resolve(++stored);
};

const app = fastify();
app.post('/api/entries', async (request, reply) => {
  const id = await new Promise<number>((resolve) => {
    if (waiting.length === 0) setImmediate(commit);
    waiting.push({ row: sentRow(request.body as SentEntry), resolve });
  });
  return reply.code(201).send({ stored: 1, duplicates: 0, ids: [id] });
});
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` })}\n`);
process.on('SIGTERM', () => process.exit(0));

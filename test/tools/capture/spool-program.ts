/** A program that is watched: keeps as many entries as each line says, and tells which: `node spool-program.ts FOLDER`. */
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { createCaptureClient } from '#client/index.ts';

const [, , spoolFolder = ''] = process.argv;
// Nobody answers there: everything stays in the queue.
const client = createCaptureClient({ url: 'http://127.0.0.1:9', token: 'none', spoolFolder });
process.stdout.write(`${process.pid}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const entries = Array.from({ length: Number(line) }, () => ({ eventId: randomUUID(), event: 'CREATE' }));
  const ids = entries.map(({ eventId }) => eventId);
  const kept = await client.keep(entries).then(
    () => true,
    () => false,
  );
  process.stdout.write(`${JSON.stringify({ kept, ids, dropped: client.status().dropped })}\n`);
}

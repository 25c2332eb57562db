/**
 * `node load.ts CONNECTIONS`: for each line `PORT MILLISECONDS` on its standard input it asks that port for `/` again and
 * again over so many connections, and prints how many answers came in that time.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

const connections = Number(process.argv[2]);
const request = Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');

const load = async (port: number, milliseconds: number): Promise<number> => {
  let answers = 0;
  /** Every answer is as long as the first. */
  const ask = (socket: Socket): void => {
    let length = 0;
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      if (length === 0) length = chunk.length;
      bytes += chunk.length;
      if (bytes < length) return;
      bytes = 0;
      answers += 1;
      socket.write(request);
    });
    socket.write(request);
  };
  const sockets = Array.from({ length: connections }, () => connect(port, '127.0.0.1').setNoDelay(true));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  for (const socket of sockets) ask(socket);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  for (const socket of sockets) socket.destroy();
  return answers;
};

for await (const line of createInterface({ input: process.stdin })) {
  const [port = 0, milliseconds = 0] = line.split(' ').map(Number);
  process.stdout.write(`${await load(port, milliseconds)}\n`);
}

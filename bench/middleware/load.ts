/** `node load.ts PORT CONNECTIONS MILLISECONDS`: asks for `/` again and again over open connections; prints how many answers came. */
import { connect, type Socket } from 'node:net';

const [port = 0, connections = 0, milliseconds = 0] = process.argv.slice(2).map(Number);
const request = Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
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

const sockets = Array.from({ length: connections }, () => connect(port, '127.0.0.1'));
for (const socket of sockets) socket.setNoDelay(true).once('connect', () => ask(socket));
setTimeout(() => {
  process.stdout.write(`${answers}\n`);
  for (const socket of sockets) socket.destroy();
}, milliseconds);

/**
 * A program that logs, to be watched: `node log-writer.ts FOLDER` writes JSON lines to `FOLDER/audit.log` and rotates it,
 * each time in another way. Every line has its own number; now and then two are alike. It says the number of each line and
 * how often it wrote it, writes no further than it is let (a number on its standard input), and ends with that.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';

const [, , folder = ''] = process.argv;
const log = path.join(folder, 'audit.log');
const backups = 40;
mkdirSync(folder, { recursive: true });
let handle = openSync(log, 'a');
let next = 0;
let line = 0;
let allowed = 0;
let stopped = false;

const shift = (suffixes: readonly string[]): void => {
  for (let age = backups; age >= 1; age -= 1) {
    for (const suffix of suffixes) {
      const name = `${log}.${age}${suffix}`;
      if (!existsSync(name)) continue;
      if (age === backups) rmSync(name);
      else renameSync(name, `${log}.${age + 1}${suffix}`);
    }
  }
};

/** As gzip does: the packed file grows beside the plain one, which goes at the end. */
const pack = (name: string): void => {
  if (!existsSync(name)) return;
  const packed = gzipSync(readFileSync(name));
  writeFileSync(`${name}.gz`, packed.subarray(0, packed.length >> 1));
  const rest = openSync(`${name}.gz`, 'a');
  writeSync(rest, packed.subarray(packed.length >> 1));
  fsyncSync(rest);
  closeSync(rest);
  rmSync(name);
};

const rotate = (kind: string): void => {
  shift(['', '.gz']);
  if (kind === 'copytruncate') {
    copyFileSync(log, `${log}.1`);
    truncateSync(log, 0);
  } else {
    renameSync(log, `${log}.1`);
    closeSync(handle);
    handle = openSync(log, 'a');
  }
  if (kind === 'gzip') pack(`${log}.1`);
};

const say = (text: string): void => {
  // Sometimes in two pieces: a line that is read in between is not whole.
  const bytes = Buffer.from(`${text}\n`);
  const cut = Math.random() < 0.2 ? Math.floor(Math.random() * bytes.length) : 0;
  if (cut > 0) writeSync(handle, bytes.subarray(0, cut));
  writeSync(handle, bytes.subarray(cut));
};

createInterface({ input: process.stdin })
  .on('line', (text) => {
    allowed = Number(text);
  })
  .on('close', () => {
    stopped = true;
  });
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 10));
while (!stopped) {
  if (line >= allowed) {
    await pause();
    continue;
  }
  const text = JSON.stringify({
    timestamp: new Date().toISOString(),
    user: `user${next % 7}`,
    event: 'UPDATE',
    target: 'Payments',
    detail: `line ${next}`,
  });
  say(text);
  // The same thing twice in the same moment.
  const twice = Math.random() < 0.05;
  if (twice) say(text);
  if (twice) line += 1;
  process.stdout.write(`${next} ${twice ? 2 : 1}\n`);
  next += 1;
  line += 1;
  if (next % 60 === 0) rotate(['rename', 'copytruncate', 'gzip'][Math.floor(Math.random() * 3)] ?? '');
  if (next % 2 === 0) await pause();
}
closeSync(handle);

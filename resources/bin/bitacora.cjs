#!/usr/bin/env node
'use strict';
// The command `bitacora`. Runs on whatever Node starts it (20 and up): the program itself needs 22.15 or newer, and
// goes on in the Node that its own dependencies bring when this one is older.
const { spawn, spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const root = join(__dirname, '..', '..');

/** The `node` package is a development dependency; it is found wherever npm put it. */
const newerNode = () => {
  try {
    const file = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
    const path = join(require.resolve('node/package.json', { paths: [root] }), '..', file);
    return existsSync(path) ? path : undefined;
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
};

const fail = (sentence) => {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
};

const goOnIn = (node) => {
  const child = spawn(node, [__filename, ...process.argv.slice(2)], { stdio: 'inherit' });
  // With a handler of our own we outlive the signal, hand it on and end as the child ends. A terminal sends Ctrl+C to
  // both of us by itself; a second one would look like impatience.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => fail(`${node} can't be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
};

/** `bitacora [--demo] [--data DIR]` with no command opens the window. */
const asksForWindow = (words) => {
  const rest = words.filter(
    (word, i) => word !== '--demo' && word !== '--data' && !word.startsWith('--data=') && words[i - 1] !== '--data',
  );
  return rest.length === 0;
};

const run = async () => {
  const words = process.argv.slice(2);
  if (asksForWindow(words)) {
    process.argv[1] = join(root, 'scripts', 'start.mjs');
    await import(pathToFileURL(process.argv[1]).href);
    return;
  }
  const program = join(root, 'dist', 'main', 'cli.js');
  if (!existsSync(program)) {
    const script = join(root, 'scripts', 'build.mjs');
    const status = existsSync(script)
      ? spawnSync(process.execPath, [script, 'main', 'renderer'], { stdio: ['ignore', 2, 2] }).status
      : 1;
    if (status !== 0) fail('Bitácora is not built: run "npm run build" first.');
  }
  await import(pathToFileURL(program).href);
};

const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 15)) {
  void run();
} else {
  const node = newerNode();
  if (node) goOnIn(node);
  else fail(`Bitácora needs Node 22.15 or newer; this is ${process.versions.node}.`);
}

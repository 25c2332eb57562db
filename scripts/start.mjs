/**
 * npm start -- [--demo] [--data DIR]
 *
 * Builds what is missing and opens the desktop app. Where Electron can't be had, the same app opens in a browser window,
 * served on 127.0.0.1; where there is no browser, its address is printed. Ctrl+C ends it all.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { build, root } from './build.mjs';
import { electronSetting, findElectron } from './electron-runtime.mjs';

const say = (line) => process.stderr.write(`${line}\n`);

/** An Electron that ends with a fault sooner than this never showed its window (a library or its sandbox is missing). */
const earlyEnd = 10_000;
const closeWithin = 8000;

const readArguments = () => {
  try {
    const { values } = parseArgs({ options: { demo: { type: 'boolean', default: false }, data: { type: 'string' } } });
    return [...(values.demo ? ['--demo'] : []), ...(values.data ? [`--data=${resolve(values.data)}`] : [])];
  } catch (error) {
    say(`${error.message}\nnpm start -- [--demo] [--data DIR]`);
    process.exit(2);
  }
};

let running;
let stopping = false;
const stop = () => {
  if (stopping) return;
  stopping = true;
  running?.kill('SIGTERM');
  setTimeout(() => running?.kill('SIGKILL'), closeWithin).unref();
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);

/** Runs a child to its end: `[code, signal]`, or the error that kept it from starting. */
const run = async (command, args, options) => {
  running = spawn(command, args, options);
  // A signal that came before there was anybody to hand it to.
  if (stopping) running.kill('SIGTERM');
  try {
    return await once(running, 'exit');
  } catch (error) {
    return [error, null];
  }
};

/** True when the window was open and is closed; otherwise the browser takes over. */
const openInElectron = async (electron, words) => {
  const { args, env } = electronSetting(electron);
  const began = Date.now();
  const [code] = await run(electron.executable, [...args, root, ...words], { stdio: 'inherit', env });
  return code === 0 || stopping || Date.now() - began > earlyEnd;
};

/** The first of these commands that starts; undefined when there is none. */
const openInBrowser = async (url) => {
  const commands = {
    darwin: [['open', url]],
    win32: [['cmd', '/c', 'start', '""', url]],
    linux: ['xdg-open', 'chromium', 'chromium-browser', 'google-chrome', 'firefox'].map((name) => [name, url]),
  };
  const hasScreen = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  for (const [name, ...args] of hasScreen ? (commands[process.platform] ?? commands.linux) : []) {
    const child = spawn(name, args, { stdio: 'ignore', detached: true });
    const started = await once(child, 'spawn').then(
      () => true,
      () => false,
    );
    if (!started) continue;
    child.unref();
    return true;
  }
  return false;
};

const serve = async (words) => {
  const ended = run(process.execPath, [resolve(root, 'dist/main/cli.js'), 'serve', '--port', '0', ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: running.stdout });
  lines.once('line', (line) => {
    const { url } = JSON.parse(line);
    void openInBrowser(url).then((opened) =>
      say(opened ? `Bitácora is at ${url}; Ctrl+C ends it.` : `Open ${url} in a browser; Ctrl+C ends it.`),
    );
  });
  const [code] = await ended;
  if (code instanceof Error) throw code;
  return stopping ? 0 : (code ?? 1);
};

const words = readArguments();
await build({ say });
const electron = stopping ? { reason: 'it was stopped' } : await findElectron(say);
if (stopping) process.exit(0);
let reason = electron.reason;
if (!reason && !(await openInElectron(electron, words))) reason = 'it did not start';
if (reason) {
  say(`Electron is not used (${reason}): the same app opens in a browser window.`);
  process.exit(await serve(words));
}

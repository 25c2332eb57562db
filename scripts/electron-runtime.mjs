/** Finds an Electron that can show the window, and says what it needs to run our engine. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const electronPackage = dirname(require.resolve('electron/package.json'));

/** The first Electron whose own Node (22.15) runs the engine; an older one shows the window and leaves it to a Node. */
const oldestForEngine = 36;
/** A network that lets us through answers sooner than this; a closed one is not waited for. */
const reachWithin = 5000;
const downloadWithin = 10 * 60_000;

const executableName = () => {
  switch (process.platform) {
    case 'darwin':
      return 'Electron.app/Contents/MacOS/Electron';
    case 'win32':
      return 'electron.exe';
    default:
      return 'electron';
  }
};

const runtimeIn = (folder) => {
  const executable = join(folder, executableName());
  if (!existsSync(executable)) return undefined;
  const version = readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
  return { executable, version };
};

const canReach = async (url) => {
  try {
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(reachWithin) });
    return true;
  } catch (error) {
    // Every way in which a network can be closed: refused, no name, no answer in time.
    if (error.name === 'TimeoutError' || error instanceof TypeError) return false;
    throw error;
  }
};

/** Lets the electron package fetch its own runtime, as its first use would; the output is its business, not the user's. */
const download = async () => {
  const source = process.env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/download/';
  if (!(await canReach(source))) return false;
  const child = spawn(process.execPath, [join(electronPackage, 'install.js')], {
    stdio: 'ignore',
    timeout: downloadWithin,
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
};

/** The Electron that is here already: the one that ELECTRON_OVERRIDE_DIST_PATH names, or the package's own download. */
export const installedElectron = () =>
  process.env.ELECTRON_OVERRIDE_DIST_PATH
    ? runtimeIn(process.env.ELECTRON_OVERRIDE_DIST_PATH)
    : runtimeIn(join(electronPackage, 'dist'));

/** `{ executable, version }`, or `{ reason }`: a half-sentence that says why there is none. */
export const findElectron = async (say) => {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return { reason: 'there is no display' };
  }
  const installed = installedElectron();
  if (installed) return installed;
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH) return { reason: 'ELECTRON_OVERRIDE_DIST_PATH names no Electron' };
  say('Fetching the Electron runtime (about 120 MB, only this once) …');
  return ((await download()) && installedElectron()) || { reason: 'its runtime can’t be fetched from here' };
};

/** What goes on Electron's command line before the app, and into its environment. */
export const electronSetting = ({ version }) => {
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const env = { ...process.env };
  if (Number.parseInt(version, 10) < oldestForEngine && !env.BITACORA_NODE) {
    const node = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
    env.BITACORA_NODE = join(dirname(require.resolve('node/package.json')), node);
  }
  // Chromium's own sandbox refuses to start as root.
  return { args: asRoot ? ['--no-sandbox'] : [], env };
};

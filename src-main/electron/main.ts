import path from 'node:path';
import { app, BrowserWindow, dialog, Menu, protocol, session } from 'electron';
import { declareProtocol, servePage } from '#main/electron/app-protocol.ts';
import { createBackground } from '#main/electron/background.ts';
import { lockContents, lockSession } from '#main/electron/lock-down.ts';
import { openMainWindow } from '#main/electron/main-window.ts';
import { buildMenu } from '#main/electron/menu.ts';
import { quitInOrder } from '#main/electron/quit-in-order.ts';
import { readStartOptions } from '#main/electron/start-options.ts';
import { startUtilityEngine } from '#main/electron/utility-engine.ts';
import { bridgeWindows } from '#main/electron/window-bridge.ts';
import { windowText } from '#main/electron/window-text.ts';
import { defaultDataFolder, engineEnvironment } from '#main/engine/config.ts';
import { type EngineProcess, engineArguments, forkEngine } from '#main/engine/process/engine-process.ts';
import { type EngineSupervisor, superviseEngine } from '#main/engine/process/engine-supervisor.ts';
import type { EngineState } from '#shared/rpc/host-bridge.ts';

const options = readStartOptions(process.argv, process.cwd());
const dataFolder = options.dataFolder ?? defaultDataFolder();
// A data folder that was named is a world of its own: its window's state is in it, and so is its single instance.
if (options.dataFolder !== undefined) app.setPath('userData', path.join(options.dataFolder, 'window'));

const spawnEngine = (): EngineProcess => {
  const entry = path.join(app.getAppPath(), 'dist', 'main', 'engine.js');
  const args = engineArguments({ dataFolder, demo: options.demo, version: app.getVersion() });
  // The engine's threads keep their compiled code there, beside what Chromium keeps of the page's.
  const env = { ...engineEnvironment(), NODE_COMPILE_CACHE: path.join(app.getPath('userData'), 'Engine Code Cache') };
  const node = process.env.BITACORA_NODE;
  return node ? forkEngine(entry, args, { node, env }) : startUtilityEngine(entry, args, env);
};

const tellWhenGivenUp = (engine: EngineSupervisor): void => {
  const tell = (state: EngineState): void => {
    if (state !== 'failed') return;
    const text = windowText();
    void dialog
      .showMessageBox({
        type: 'error',
        title: 'Bitácora',
        message: text.engineFailed,
        detail: text.engineFailedDetail,
        buttons: [text.retry, text.quit],
        cancelId: 1,
      })
      .then(({ response }) => (response === 0 ? engine.retry() : app.quit()));
  };
  tell(engine.state);
  engine.onState(tell);
};

const showWindow = (): void => {
  const [window] = BrowserWindow.getAllWindows();
  if (!window) {
    openMainWindow();
    return;
  }
  if (window.isMinimized()) window.restore();
  window.focus();
};

const run = async (): Promise<void> => {
  declareProtocol();
  // Made of the program's name otherwise, whose accent is no character of a header: requests of the page would fail.
  app.userAgentFallback = `Bitacora/${app.getVersion()}`;
  lockContents();
  // A Node of its own can start beside Electron; a utility process is only to be had of one that is ready.
  if (!process.env.BITACORA_NODE) await app.whenReady();
  const engine = superviseEngine({
    spawn: spawnEngine,
    onCrash: (reason, willRestart) =>
      process.stderr.write(
        `the engine ended by itself (${reason}); ${willRestart ? 'starting it again' : 'given up'}\n`,
      ),
  });
  quitInOrder(engine, showWindow);
  await app.whenReady();
  lockSession(session.defaultSession);
  servePage(protocol, path.join(app.getAppPath(), 'dist', 'renderer'));
  openMainWindow();
  const background = createBackground(engine, showWindow);
  tellWhenGivenUp(engine);
  bridgeWindows(engine);
  Menu.setApplicationMenu(buildMenu());
  // Reserved: links to entries come with a later version; until then they bring the window to the front.
  if (app.isPackaged) app.setAsDefaultProtocolClient('bitacora');
  app.on('open-url', showWindow);
  app.on('second-instance', showWindow);
  app.on('activate', showWindow);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin' && !background.stays()) app.quit();
  });
};

if (app.requestSingleInstanceLock()) void run();
else app.quit();

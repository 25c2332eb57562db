import path from 'node:path';
import { app, BrowserWindow, dialog, nativeTheme, screen } from 'electron';
import { pageUrl } from '#main/electron/page-address.ts';
import { placeWindow, readPlace, smallestWindow, writePlace } from '#main/electron/window-place.ts';
import { windowText } from '#main/electron/window-text.ts';

/** A page that ends more often than once in this many milliseconds is not loaded again. */
const reloadPause = 10_000;

const reloadWhenGone = (window: BrowserWindow): void => {
  let lastReload = Number.NEGATIVE_INFINITY;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    if (performance.now() - lastReload < reloadPause) {
      dialog.showErrorBox('Bitácora', windowText().pageFailed);
      window.destroy();
      return;
    }
    lastReload = performance.now();
    window.webContents.reload();
  });
};

/** Opens the window where it was when it was last closed. */
export const openMainWindow = (): BrowserWindow => {
  const placeFile = path.join(app.getPath('userData'), 'window-place.json');
  const main = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter((display) => display.id !== main.id);
  const place = placeWindow(
    readPlace(placeFile),
    [main, ...others].map((display) => display.workArea),
  );
  const window = new BrowserWindow({
    ...place.bounds,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    title: 'Bitácora',
    show: false,
    // What is seen before the page has painted; the page's own grounds.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#14181a' : '#ffffff',
    // A small one: the packages' own picture of 1,024 pixels keeps a start waiting for 60 ms.
    icon: path.join(app.getAppPath(), 'resources', 'icons', 'window.png'),
    webPreferences: {
      preload: path.join(app.getAppPath(), 'dist', 'electron', 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
    },
  });
  if (place.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () =>
    writePlace(placeFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized() }),
  );
  reloadWhenGone(window);
  void window.loadURL(pageUrl);
  return window;
};

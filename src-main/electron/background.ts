import path from 'node:path';
import { app, Menu, Notification, nativeImage, Tray } from 'electron';
import { windowText } from '#main/electron/window-text.ts';
import type { EngineSupervisor } from '#main/engine/process/engine-supervisor.ts';
import type { CaptureState } from '#shared/contract/capture-state.ts';
import { createRpcClient } from '#shared/rpc/client.ts';

/** Pixels of the picture in the tray. */
const traySize = 22;

const captureTexts = ({ on, url, follows }: CaptureState): readonly string[] => {
  const text = windowText();
  const address = url === null ? text.captureUnreachable : `${text.captureOn} · ${url.replace('http://', '')}`;
  const followed = follows === 1 ? text.followsOne : text.followsSeveral.replace('{count}', String(follows));
  return [...(on ? [address] : []), ...(follows > 0 ? [followed] : [])];
};

/**
 * The program without its window: it stays for capture, or to follow logs, where that was chosen, with a picture in the
 * system's tray.
 */
export interface Background {
  /** To be asked when the last window was closed. */
  stays(): boolean;
}

/**
 * Follows what was chosen about capture. While it keeps the program running there is a picture in the tray; a desktop that
 * has no tray shows none, and there the program is reached by starting it again.
 */
export const createBackground = (engine: EngineSupervisor, showWindow: () => void): Background => {
  const host = createRpcClient(engine.connect('host'));
  let state: CaptureState | null = null;
  let tray: Tray | null = null;
  let shown = '';
  let told = false;
  const wanted = (): boolean => state?.keepRunning === true && (state.on || state.follows > 0);

  const drawTray = (): void => {
    if (state === null || !wanted()) {
      tray?.destroy();
      tray = null;
      shown = '';
      return;
    }
    const labels = captureTexts(state);
    const all = labels.join('\n');
    if (tray !== null && all === shown) return;
    shown = all;
    if (tray === null) {
      const picture = path.join(app.getAppPath(), 'resources', 'icons', 'window.png');
      tray = new Tray(nativeImage.createFromPath(picture).resize({ width: traySize, height: traySize }));
      tray.on('click', showWindow);
    }
    const text = windowText();
    tray.setToolTip(['Bitácora', ...labels].join(' · '));
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: text.open, click: showWindow },
        { type: 'separator' },
        ...labels.map((label) => ({ label, enabled: false })),
        { type: 'separator' },
        { label: text.quit, click: () => app.quit() },
      ]),
    );
  };

  const watch = (): void => {
    const onEvent = (value: unknown): void => {
      state = value as CaptureState;
      drawTray();
    };
    // Ends with the engine; the next one is watched when it is there. Until then it counts what was chosen last.
    host.call('capture.watch', {}, { onEvent }).catch(() => undefined);
  };
  if (engine.state === 'up') watch();
  engine.onState((now) => {
    if (now === 'up') watch();
  });

  return {
    stays: () => {
      if (!wanted()) return false;
      if (!told && Notification.isSupported()) {
        told = true;
        const text = windowText();
        new Notification({ title: 'Bitácora', body: text.staysOpen }).show();
      }
      return true;
    },
  };
};

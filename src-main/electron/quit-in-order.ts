import { app, dialog } from 'electron';
import { windowText } from '#main/electron/window-text.ts';
import type { EngineSupervisor } from '#main/engine/process/engine-supervisor.ts';
import { createRpcClient } from '#shared/rpc/client.ts';

/** An engine that says nothing for so long, milliseconds, is not waited for. */
const answersWithin = 2000;

const buttons = ['cancel', 'stay'] as const;

/**
 * Says that exports are still on their way, for as long as they are (`over` closes what it shows): whoever does nothing
 * has Bitácora end when they are on the disk.
 */
const sayWaiting = async (running: number, over: AbortSignal): Promise<'wait' | (typeof buttons)[number]> => {
  const text = windowText();
  const { response } = await dialog.showMessageBox({
    type: 'info',
    title: 'Bitácora',
    message: running === 1 ? text.quitWaitsForOne : text.quitWaitsForSeveral.replace('{count}', String(running)),
    detail: text.quitWaitsDetail,
    buttons: [text.quitCancels, text.quitStays],
    cancelId: buttons.indexOf('stay'),
    defaultId: buttons.indexOf('stay'),
    noLink: true,
    signal: over,
  });
  return over.aborted ? 'wait' : (buttons[response] ?? 'stay');
};

/** Whether the program may end: exports that run go on until they are on the disk, unless the person says otherwise. */
const mayEnd = async (engine: EngineSupervisor): Promise<boolean> => {
  if (engine.state !== 'up') return true;
  const host = createRpcClient(engine.connect('host'));
  const over = new AbortController();
  try {
    return await new Promise<boolean>((resolve, reject) => {
      const silent = setTimeout(() => resolve(true), answersWithin);
      let told = false;
      const onProgress = (value: unknown): void => {
        clearTimeout(silent);
        if (told) return;
        told = true;
        const { running } = value as { readonly running: number };
        sayWaiting(running, over.signal).then((said) => {
          if (said !== 'wait') resolve(said === 'cancel');
        }, reject);
      };
      const settled = (): void => {
        clearTimeout(silent);
        resolve(true);
      };
      // An engine that ends meanwhile has no exports any more.
      host.call('export.settle', {}, { onProgress }).then(settled, settled);
    });
  } finally {
    over.abort();
    host.close();
  }
};

/** The engine keeps what it holds before the program ends. `stay` is called when the person wants to go on instead. */
export const quitInOrder = (engine: EngineSupervisor, stay: () => void): void => {
  let step: 'open' | 'ending' | 'ended' = 'open';
  app.on('will-quit', (event) => {
    if (step === 'ended') return;
    event.preventDefault();
    // A second quit meanwhile changes nothing.
    if (step === 'ending') return;
    step = 'ending';
    void mayEnd(engine).then(async (may) => {
      if (!may) {
        step = 'open';
        stay();
        return;
      }
      await engine.close();
      step = 'ended';
      app.quit();
    });
  });
};

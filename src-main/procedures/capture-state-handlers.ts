import type { CaptureFigures } from '#main/capture/capture-figures.ts';
import type { CaptureAddress } from '#main/engine/capture-address.ts';
import type { HandlersFor } from '#main/engine/context.ts';
import type { LedgerHolder } from '#main/engine/ledger-holder.ts';
import type { CaptureState } from '#shared/contract/capture-state.ts';
import { cancelled } from '#shared/contract/errors.ts';
import { createSourceList } from './source-list.ts';

/** At most this often does a watcher hear of changes, milliseconds. */
const tellEveryMs = 250;

/** Handlers that tell how capture is going. */
export const createCaptureStateHandlers = (
  holder: LedgerHolder,
  address: CaptureAddress,
  figures: CaptureFigures,
): HandlersFor<'capture.watch' | 'capture.choose' | 'capture.sources'> => {
  const list = createSourceList(holder, figures);
  const state = (): CaptureState => ({ ...address.state(), ...figures.state() });
  return {
    'capture.watch': (_input, { signal, event }) =>
      new Promise((_resolve, reject) => {
        let timer: NodeJS.Timeout | null = null;
        const tell = (): void => {
          timer ??= setTimeout(() => {
            timer = null;
            event(state());
          }, tellEveryMs);
        };
        const ends = [address.onChange(tell), figures.onChange(tell)];
        signal.addEventListener('abort', () => {
          for (const end of ends) end();
          if (timer !== null) clearTimeout(timer);
          reject(cancelled());
        });
        event(state());
      }),
    'capture.choose': async (change) => {
      const { on, port, keepRunning } = change;
      await address.choose({
        ...(on === undefined ? {} : { on }),
        ...(port === undefined ? {} : { port }),
        ...(keepRunning === undefined ? {} : { keepRunning }),
      });
      return state();
    },
    'capture.sources': ({ zone }, { signal }) => list(zone, signal),
  };
};

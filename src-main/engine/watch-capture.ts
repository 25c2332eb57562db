import type { CaptureFigures } from '#main/capture/capture-figures.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { CaptureAddress } from './capture-address.ts';
import type { HandlersFor } from './context.ts';

type StoreHandlers = HandlersFor<'capture.ready' | 'capture.store'>;

/** The handlers that take entries, counted, and only while capture is on. */
export const watchCapture = <H extends StoreHandlers>(
  handlers: H,
  address: CaptureAddress,
  figures: CaptureFigures,
): H => {
  const requireOpen = (): void => {
    if (!address.accepts()) throw new BitacoraError('not_accepting', { reason: 'capture_off' });
  };
  return {
    ...handlers,
    'capture.ready': async (input, context) => {
      try {
        requireOpen();
        return await handlers['capture.ready'](input, context);
      } catch (error) {
        figures.refused(error);
        throw error;
      }
    },
    'capture.store': async (input, context) => {
      requireOpen();
      const request = figures.begin();
      try {
        const receipt = await handlers['capture.store'](input, context);
        request.stored(receipt);
        return receipt;
      } catch (error) {
        request.failed(error);
        throw error;
      }
    },
  };
};

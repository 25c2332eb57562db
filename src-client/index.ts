/** What other programs import to be audited: `import { createCaptureClient, watchExpress } from 'bitacora/client'`. */
export {
  type CaptureClient,
  type CaptureClientOptions,
  type CapturedEntry,
  type CaptureStatus,
  createCaptureClient,
} from './capture-client.ts';
export { type ToldUser, type WatchOptions, watchExpress, watchFastify } from './middleware.ts';

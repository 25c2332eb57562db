/** What other programs import to be audited: `import { createCaptureClient, watchExpress } from 'bitacora/client'`. */

export type { LineTaker } from './audit-line.ts';
export { type AuditedCall, type AuditOptions, audited, audited as registrarActividad } from './audited.ts';
export {
  type CaptureClient,
  type CaptureClientOptions,
  type CaptureStatus,
  createCaptureClient,
} from './capture-client.ts';
export type { CapturedEntry } from './captured-entry.ts';
export type { ChangeRules, Values } from './change-rules.ts';
export { type Actor, currentActor, withActor } from './context.ts';
export type { EndedExchange, Exchange } from './exchange.ts';
export { watchExpress, watchFastify } from './middleware.ts';
export { type TrackedDatabase, type TrackOptions, type TrackStatus, trackChanges } from './track-changes.ts';
export type { TableRules } from './tracked-statement.ts';
export type { ExchangeTaker, ToldUser, WatchOptions } from './watched-exchange.ts';

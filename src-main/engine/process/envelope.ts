import type { ClientFrame, ServerFrame } from '#shared/rpc/frames.ts';

/** Who is at the other end of a connection: a window, or the shell around the engine. The shell says it, never the window. */
export type Origin = 'window' | 'host';

/**
 * What travels between the shell and the engine process, one channel for all windows. A connection is one life of one
 * page (a reload makes a new one) or the shell's own; `gone` cancels what still runs for it.
 */
export type ToEngine =
  | { readonly t: 'frame'; readonly connection: string; readonly origin: Origin; readonly frame: ClientFrame }
  | { readonly t: 'gone'; readonly connection: string }
  | { readonly t: 'stop' };

/** `ready` comes once, when the engine can answer. */
export type FromEngine =
  | { readonly t: 'ready' }
  | { readonly t: 'frame'; readonly connection: string; readonly frame: ServerFrame };

import type { WireError } from '#shared/contract/errors.ts';

/** What the engine and its threads say to each other. One operation runs at a time in a thread. */
export interface ThreadCall {
  readonly id: number;
  readonly operation: string;
  readonly input: unknown;
}

export type ThreadReply =
  | { readonly id: number; readonly kind: 'progress'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'ok'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'error'; readonly error: WireError }
  /** A bug: not an expected error. */
  | { readonly id: number; readonly kind: 'fault'; readonly message: string; readonly stack: string };

/** Given to each thread at its start. */
export interface ThreadStart<Setup> {
  readonly setup: Setup;
  /** Int32: the id of the call that should stop; -1 stops everything. */
  readonly stopCell: SharedArrayBuffer;
}

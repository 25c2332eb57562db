import type { WireError } from '#shared/contract/errors.ts';

/**
 * The frames that travel between a client and the engine: `call` and `cancel` one way; `progress`*, `event`* and then
 * one `ok` or `error` the other way. `session` is the token of who is signed in at that window.
 */
export type ClientFrame =
  | {
      readonly t: 'call';
      readonly id: number;
      readonly procedure: string;
      readonly input: unknown;
      readonly session?: string | undefined;
    }
  | { readonly t: 'cancel'; readonly id: number };

export type ServerFrame =
  | { readonly t: 'progress'; readonly id: number; readonly value: unknown }
  | { readonly t: 'event'; readonly id: number; readonly value: unknown }
  | { readonly t: 'ok'; readonly id: number; readonly value: unknown }
  | { readonly t: 'error'; readonly id: number; readonly error: WireError };

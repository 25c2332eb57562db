import type { CallOptions } from '#shared/rpc/client.ts';
import type { GrantedFile } from '#shared/rpc/host-bridge.ts';

/** `up` answers, `down` does not and is being tried again, `failed` is not tried again until the program is restarted. */
export type LinkState = 'up' | 'down' | 'failed';

/** The way from this window to the engine: through the Electron shell, or over HTTP. */
export interface Connection {
  readonly kind: 'electron' | 'http';
  /** One attempt; `unavailable` when the engine can't be reached. */
  call(procedure: string, input: unknown, options: CallOptions): Promise<unknown>;
  /** Tells every change of the link; the state at first is `up`. */
  onLink(listener: (state: LinkState) => void): void;
  /** The system's file dialog; null where there is none and the page shows its own. */
  readonly chooseFile: (() => Promise<GrantedFile | null>) | null;
  /** Hands over a file that was dropped or chosen in the page. `session` is the token of who is signed in. */
  grantFile(file: File, session: string | undefined, signal: AbortSignal): Promise<GrantedFile>;
}

import type { CallOptions } from '#shared/rpc/client.ts';
import type { FilePurpose, GrantedFile, GrantedTarget, PrintTo } from '#shared/rpc/host-bridge.ts';

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
  readonly chooseFile: ((purpose: FilePurpose) => Promise<GrantedFile | null>) | null;
  /** Hands over a file that was dropped or chosen in the page. `session` is the token of who is signed in. */
  grantFile(file: File, session: string | undefined, signal: AbortSignal): Promise<GrantedFile>;
  /** A place for a document under a name that is offered: from the system's dialog (null: closed), or the server's own. */
  chooseTarget(name: string, session: string | undefined, signal: AbortSignal): Promise<GrantedTarget | null>;
  readonly printing: {
    /** A place for a document that is only made to be printed. */
    readonly target: (name: string, session: string | undefined, signal: AbortSignal) => Promise<GrantedTarget>;
    readonly read: (
      job: string,
      volume: number,
      session: string | undefined,
      signal: AbortSignal,
    ) => Promise<Uint8Array>;
    /** Printers that take a document as it is. */
    readonly printers: () => Promise<readonly string[]>;
    readonly print: (job: string, to: PrintTo, session: string | undefined) => Promise<void>;
  };
  /** What can be done with a finished export here. */
  readonly exported:
    | { readonly kind: 'local'; readonly open: (job: string, how: 'open' | 'show') => Promise<void> }
    | {
        readonly kind: 'remote';
        /** An address that fetches a file of it once; `side` is the completeness sheet beside it. */
        readonly addressOf: (job: string, file: number | 'side', session: string | undefined) => Promise<string>;
      };
}

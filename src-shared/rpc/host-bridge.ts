import type { ClientFrame, ServerFrame } from '#shared/rpc/frames.ts';

/**
 * `starting` the engine comes up (calls may be sent, they wait), `up` it answers, `down` it ended by itself and is being
 * started again (calls get `unavailable`), `failed` it ended too often and is left alone until the program is restarted.
 */
export type EngineState = 'starting' | 'up' | 'down' | 'failed';

/**
 * What a window hears. A call in flight when the engine ends gets an `unavailable` error frame of its own; `engine` says
 * when it is worth asking again (state `up`). The present state is told once at the beginning of every page.
 */
export type HostMessage =
  | { readonly t: 'frame'; readonly frame: ServerFrame }
  | { readonly t: 'engine'; readonly state: EngineState };

/** A file that the person chose or dropped, as `import.preview` and `import.run` take it. `bytes` is its size on disk. */
export interface GrantedFile {
  readonly grant: string;
  readonly name: string;
  readonly bytes: number;
}

/** What a file is chosen for: to be imported once, or to be followed as it grows. */
export type FilePurpose = 'import' | 'follow';

/** A place that the person chose for a document, as `export.start` takes it; good for one export. */
export interface GrantedTarget {
  readonly grant: string;
  readonly name: string;
}

/**
 * Where a finished PDF is printed: all its volumes on a printer that takes them as they are, or one volume, counted from
 * 0, in the program that shows it and has the dialog (the system's, or the browser).
 */
export type PrintTo = { readonly printer: string } | { readonly volume: number };

/**
 * `window.bitacora`: all that a page gets from the Electron shell. In a browser it is absent (there, frames travel over
 * HTTP). Refused grants reject with an `Error` whose message is a `WireError` as JSON.
 */
export interface HostBridge {
  readonly kind: 'electron';
  /** `process.platform` of the shell: `darwin`, `win32`, `linux`, …; for key names and the place of window buttons. */
  readonly platform: string;
  send(frame: ClientFrame): void;
  /** Adds a listener; messages that came before the first one are kept for it. */
  onMessage(listener: (message: HostMessage) => void): void;
  /** Shows the system's dialog; null when the person closes it. */
  chooseFile(purpose: FilePurpose): Promise<GrantedFile | null>;
  /** Grants a file that was dropped on the window; rejects for one that does not come from the disk. */
  grantDropped(file: File): Promise<GrantedFile>;
  /** Shows the system's dialog for saving under a name that is offered; null when the person closes it. */
  chooseTarget(name: string): Promise<GrantedTarget | null>;
  /** Opens the document of a finished export with the program that the system has for it, or shows it in its folder. */
  openExported(job: string, how: 'open' | 'show'): Promise<void>;
  /** A place for a document that is only made to be printed. */
  printTarget(name: string): Promise<GrantedTarget>;
  /** A volume of a finished PDF, counted from 0. */
  readExported(job: string, volume: number): Promise<Uint8Array>;
  /** Printers that take a document as it is; none where the system has no way to hand one over. */
  printers(): Promise<readonly string[]>;
  /** Prints a finished PDF; rejects when the printer does not take it. */
  printExported(job: string, to: PrintTo): Promise<void>;
}

declare global {
  interface Window {
    readonly bitacora?: HostBridge;
  }
}

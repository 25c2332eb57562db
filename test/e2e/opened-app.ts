import type { Page } from 'playwright-core';

export type AppKind = 'browser' | 'electron';

declare module 'vitest' {
  interface ProvidedContext {
    /** Which program the journeys of this run are made in: a browser at `bitacora serve`, or Electron. */
    readonly appKind: AppKind;
    /** A data folder with the prepared ledger, for copies. */
    readonly preparedData: string;
  }
}

export interface OpenOptions {
  /** A folder of its own, made and removed by whoever opens the app. */
  readonly dataFolder: string;
  readonly demo?: boolean;
  /** A folder whose logs may be named in a browser to be followed; a desktop program asks the system's dialog. */
  readonly followIn?: string;
  /** The language of the browser or the system. */
  readonly locale?: 'es-MX' | 'en-US';
}

/** A running Bitácora and its window. */
export interface OpenedApp {
  readonly kind: AppKind;
  readonly page: Page;
  /** What the page said on its console as an error, threw, or was refused by its policy. */
  readonly faults: readonly string[];
  /** Ends the engine as a crash would (SIGKILL); it comes back by itself or, in the browser, is started again. */
  engineKill(): Promise<void>;
  /** Puts a file into the program as a person would: through the file dialog of its kind. `press` opens the dialog. */
  chooseFile(path: string, press: () => Promise<void>): Promise<void>;
  /**
   * Takes a document out as a person would: `press` begins the export, for which Electron's dialog answers with a file of
   * that folder. `fetch` afterwards presses what downloads it in a browser. Answers with where it is.
   */
  exportTo(folder: string, press: () => Promise<void>, fetch: () => Promise<void>): Promise<string>;
  close(): Promise<void>;
}

/** Gathers a page's faults from the moment it exists. */
export const watchFaults = (page: Page): readonly string[] => {
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  return faults;
};

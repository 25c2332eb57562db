import path from 'node:path';

/** `bitacora [--demo] [--data DIR]` among the switches that Chromium takes for itself. */
export interface StartOptions {
  /** Absolute; undefined means the platform's own place. */
  readonly dataFolder: string | undefined;
  readonly demo: boolean;
}

export const readStartOptions = (argv: readonly string[], workingFolder: string): StartOptions => {
  const separate = argv.indexOf('--data');
  const joined = argv.find((word) => word.startsWith('--data='))?.slice('--data='.length);
  const folder = joined ?? (separate >= 0 ? argv[separate + 1] : undefined);
  return {
    dataFolder: folder === undefined || folder === '' ? undefined : path.resolve(workingFolder, folder),
    demo: argv.includes('--demo'),
  };
};

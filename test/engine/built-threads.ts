import path from 'node:path';

const preloaded = path.join(import.meta.dirname, 'with-built-threads.mjs');

/** Node's own arguments for a program of the tests that opens an engine: its threads run as they are built. */
export const withBuiltThreads: readonly string[] = ['--no-warnings', '--import', preloaded];

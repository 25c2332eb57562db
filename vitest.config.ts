import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// The commands, engines and threads that tests start keep their compiled code there: most of what they do is to start.
process.env.NODE_COMPILE_CACHE ??= here('node_modules/.cache/bitacora-tests');

const project = (name: string, extra: object = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`, `test/${name}/**/*.test.tsx`],
    // Long enough for a busy machine; nothing waits this long unless it fails.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    ...extra,
  },
});

// Ledgers and whole engines, whose threads run as they are built: much of what these tests do is to start them.
const engines = {
  globalSetup: 'test/engine/build-command.ts',
  alias: { '#main/store/threads/thread-file.ts': here('test/engine/built-thread-file.ts') },
};

// When everything else is over: what a window does is watched by the clock of its journey.
const windows = {
  ...engines,
  testTimeout: 180_000,
  hookTimeout: 180_000,
  globalSetup: 'test/e2e/prepare.ts',
  sequence: { groupOrder: 1 },
};

export default defineConfig({
  test: {
    // One for each processor; left to itself, it keeps one back.
    maxWorkers: '100%',
    projects: [
      project('house'),
      project('unit'),
      project('store', engines),
      // A flood of bodies takes half a minute; .ci/run asks for it.
      project('engine', {
        ...engines,
        exclude: process.env.BITACORA_FLOOD ? [] : ['test/engine/capture/flood.test.ts'],
      }),
      // What programs of Debian make of our documents: only .ci/run asks for this one.
      project('tools', engines),
      // Every screen in both languages and themes takes long; .ci/run asks for it.
      project('e2e', {
        ...windows,
        provide: { appKind: 'browser' },
        exclude: process.env.BITACORA_LOOKS ? [] : ['test/e2e/looks.test.ts'],
      }),
      // The same journeys in a real Electron, which npm alone can't promise: only .ci/run asks for this one. One after the
      // other, since they share a screen and its keyboard.
      project('electron', {
        ...windows,
        fileParallelism: false,
        sequence: { groupOrder: 2 },
        include: ['test/e2e/**/*.test.ts', 'test/electron/**/*.test.ts'],
        provide: { appKind: 'electron' },
      }),
    ],
  },
});

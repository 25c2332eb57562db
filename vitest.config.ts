import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The commands, engines and threads that tests start keep their compiled code there: most of what they do is to start.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('node_modules/.cache/bitacora-tests', import.meta.url));

const project = (name: string, extra: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`, `test/${name}/**/*.test.tsx`], ...extra },
});

// Whole engines, whose threads run as they are built: most of what these tests do is to start them.
const engines = {
  resolve: {
    alias: {
      '#main/store/threads/thread-file.ts': fileURLToPath(new URL('test/engine/built-thread-file.ts', import.meta.url)),
    },
  },
};
const built = { testTimeout: 60_000, hookTimeout: 60_000, globalSetup: 'test/engine/build-command.ts' };

// One after the other, when everything else is over: what a window does is watched by the clock of its journey.
const windows = { testTimeout: 180_000, hookTimeout: 180_000, fileParallelism: false, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    // One for each processor; left to itself, it keeps one back.
    maxWorkers: '100%',
    projects: [
      project('house'),
      project('unit'),
      { ...engines, ...project('store', built) },
      // A flood of bodies takes half a minute; .ci/run asks for it.
      {
        ...engines,
        ...project('engine', {
          ...built,
          exclude: process.env.BITACORA_FLOOD ? [] : ['test/engine/capture/flood.test.ts'],
        }),
      },
      // What programs of Debian make of our documents: only .ci/run asks for this one.
      { ...engines, ...project('tools', built) },
      // Every screen in both languages and themes takes long; .ci/run asks for it.
      project('e2e', {
        ...windows,
        provide: { appKind: 'browser' },
        exclude: process.env.BITACORA_LOOKS ? [] : ['test/e2e/looks.test.ts'],
      }),
      // The same journeys in a real Electron, which npm alone can't promise: only .ci/run asks for this one.
      project('electron', {
        ...windows,
        include: ['test/e2e/**/*.test.ts', 'test/electron/**/*.test.ts'],
        provide: { appKind: 'electron' },
      }),
    ],
  },
});

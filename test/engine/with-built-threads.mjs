/** Preloaded into a program of the tests (`node --import`): the threads of its engine run as they are built. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '#main/store/threads/thread-file.ts'
      ? { url: new URL('./built-thread-file.ts', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});

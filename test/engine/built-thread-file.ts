/**
 * In the tests of whole engines this stands in for `src-main/store/threads/thread-file.ts`: threads run as they are built
 * from the same sources, and so start with half the work. `vitest.config.ts` says so to vitest, `with-built-threads.mjs`
 * to the programs that tests start; `build-command.ts` builds before them. A test's own threads run as they are.
 */
export const threadFile = (importMetaUrl: string, name: string): URL =>
  importMetaUrl.includes('/src-main/')
    ? new URL(`../../dist/main/${name}.thread.js`, import.meta.url)
    : new URL(`./${name}.thread.ts`, importMetaUrl);

/**
 * Where the entry file of a worker thread is. A thread called `reader` is written in `reader.thread.ts` beside the file
 * that starts it: `new Worker(threadFile(import.meta.url, 'reader'))`.
 *
 * Two places, told apart by the extension of `importMetaUrl`: running from sources (`.ts`: tests, benches) it is
 * `./reader.thread.ts`, which Node runs as it is; running from the build (`.js`) it is `./reader.thread.js`, because
 * `scripts/build.mjs` puts every bundle and every `*.thread.ts` flat into one folder. Thread names are therefore unique
 * in the whole program; the build refuses two of the same name.
 */
export const threadFile = (importMetaUrl: string, name: string): URL =>
  new URL(`./${name}.thread.${importMetaUrl.endsWith('.ts') ? 'ts' : 'js'}`, importMetaUrl);

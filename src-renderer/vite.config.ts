import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { noncePlaceholder } from '#shared/contract/page-policy.ts';

/**
 * Fetches together with the page what every start needs: the script that shows the window, and the font of nearly all
 * text. Without the font the first layout would measure everything with one of the system, look for that first, and be
 * done again when ours is there.
 */
const preloadFirstNeeds = (): Plugin => ({
  name: 'preload-first-needs',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle }) =>
      Object.keys(bundle ?? {}).flatMap((file) => {
        const href = `./${file}`;
        const injectTo = 'head';
        if (/\/inter-latin-wght-normal-/.test(file))
          return {
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href },
            injectTo,
          };
        if (/\/(?:window|show-app|rolldown-runtime)-[^/]+\.js$/.test(file))
          return { tag: 'link', attrs: { rel: 'modulepreload', crossorigin: '', href }, injectTo };
        return [];
      }),
  },
});

/**
 * The window's page: static files that the Electron shell (`app://`) and the HTTP server serve alike. Paths are relative
 * to the repository's root, where npm scripts run, and below it to `root`.
 */
export default defineConfig({
  root: 'src-renderer',
  // Relative addresses work under both hosts.
  base: './',
  cacheDir: '../.cache/vite',
  plugins: [react(), preloadFirstNeeds()],
  // Writes `<meta property="csp-nonce">` and the nonce of every tag; a host puts a fresh one in at each load.
  html: { cspNonce: noncePlaceholder },
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    // Electron 25, the oldest runtime that the window is tried in, is Chromium 114.
    target: 'chrome114',
    // The strict content policy forbids data: fonts and inline modules.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 3000,
    // One file: a part would be shown no sooner than a style of its own has come.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        // Left alone, what is shared between parts becomes dozens of small files, and each costs a start its time.
        codeSplitting: {
          groups: [
            {
              name: 'first',
              test: /preload-helper|src-renderer\/(?:engine\/connect-engine|log\/first-page)\.ts$/,
              priority: 3,
            },
            { name: 'window', test: /src-renderer\/app\/show-app\.tsx$/, priority: 2 },
            { name: 'screens', test: /src-renderer\/app\/frame\.tsx$/, priority: 1 },
          ],
        },
      },
    },
  },
});

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { noncePlaceholder } from '#shared/contract/page-policy.ts';

/**
 * The window's page: static files that the Electron shell (`app://`) and the HTTP server serve alike. Paths are relative
 * to the repository's root, where npm scripts run, and below it to `root`.
 */
export default defineConfig({
  root: 'src-renderer',
  // Relative addresses work under both hosts.
  base: './',
  cacheDir: '../.cache/vite',
  plugins: [react()],
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
  },
});

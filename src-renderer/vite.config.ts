import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

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

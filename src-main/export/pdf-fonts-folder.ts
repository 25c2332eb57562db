import { fileURLToPath } from 'node:url';

/** Where `scripts/build.mjs` puts the fonts; the same two folders up from the sources and from the build. */
export const pdfFontsFolder = fileURLToPath(new URL('../../dist/fonts/', import.meta.url));

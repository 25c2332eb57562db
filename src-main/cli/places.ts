import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Both from sources (src-main/cli/) and from the build (dist/main/) this file is two folders below the root.
const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Folder of the built page. */
export const rendererFolder = fromRoot('dist/renderer');

export const readVersion = (): string => {
  const { version } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8')) as { version: string };
  return version;
};

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { inject } from 'vitest';
import type { OpenedApp } from './opened-app.ts';
import { root } from './program.ts';

/** Keeps a picture of the window for people to look at: test/e2e/screens/NAME.KIND.png, not in the repository. */
export const keepScreen = async ({ page }: OpenedApp, name: string): Promise<void> => {
  const folder = path.join(root, 'test', 'e2e', 'screens');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.${inject('appKind')}.png`) });
};

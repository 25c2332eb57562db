import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds the command once before the tests that run it, if anything of it has changed. */
export const setup = (): void => {
  const script = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [script, 'main'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('the command could not be built');
};

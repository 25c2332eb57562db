/**
 * npm test [-- vitest options]: builds, then types, lint, unused code, and every test that needs nothing but npm
 * packages. Stops at the first that fails; the windows of Electron are tested in .ci/run.
 */
import { spawnSync } from 'node:child_process';
import { build, root } from './build.mjs';

const steps = [
  ['tsc', '-b'],
  ['biome', 'check', '--error-on-warnings'],
  ['knip'],
  ['vitest', 'run', ...['house', 'unit', 'store', 'engine', 'e2e'].flatMap((name) => ['--project', name])],
];

await build();
for (const [command, ...args] of steps) {
  const words = command === 'vitest' ? [...args, ...process.argv.slice(2)] : args;
  console.error(`> ${[command, ...words].join(' ')}`);
  const { status, error } = spawnSync(command, words, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

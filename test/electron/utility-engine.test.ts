import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { freshFolder } from '../e2e/open-app.ts';
import { electronHere } from '../e2e/open-in-electron.ts';
import { root } from '../e2e/program.ts';

test('the engine runs as a utility process: called, killed, started again, closed', async () => {
  const folder = await freshFolder();
  const entries = { main: 'test/electron/utility-main.ts', engine: 'test/engine/process/tiny-engine.ts' };
  for (const [name, file] of Object.entries(entries)) {
    const bundle = await rolldown({
      input: { [name]: path.join(root, file) },
      cwd: root,
      platform: 'node',
      external: ['electron'],
      transform: { target: 'node18' },
    });
    await bundle.write({ dir: folder, format: 'cjs', entryFileNames: '[name].cjs' });
    await bundle.close();
  }
  const { executable, args, env } = await electronHere();
  const { stdout } = await promisify(execFile)(
    executable,
    [...args, path.join(folder, 'main.cjs'), path.join(folder, 'engine.cjs')],
    { env, timeout: 60_000 },
  );
  expect(JSON.parse(stdout)).toEqual([
    { text: 'á', list: [1, null] },
    'window',
    ['crash', true],
    'unavailable',
    'again',
    true,
  ]);
});

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

test('an exchange that is over is collected with the young objects', () => {
  const program = path.join(import.meta.dirname, 'exchanges-passed.ts');
  const ran = spawnSync(process.execPath, ['--no-warnings', '--expose-gc', program], { encoding: 'utf8' });
  expect(ran.stderr).toBe('');
  // A request and its response are several thousand bytes.
  expect(Number(ran.stdout)).toBeLessThan(500);
});

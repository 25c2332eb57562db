import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { repository } from '../../house/sources.ts';
import { bytesUnder, openCaptureSite } from './capture-kit.ts';

const run = promisify(execFile);
const hasCurl = spawnSync('curl', ['--version']).status === 0 && spawnSync('bash', ['--version']).status === 0;

/** Each shell example of a page, with the answer that stands below it. */
const examplesOf = (page: string): readonly { readonly script: string; readonly answer: string }[] =>
  [...page.matchAll(/```sh\n([\s\S]*?)```\n```json\n([\s\S]*?)```/g)].map(([, script = '', answer = '']) => ({
    script,
    answer,
  }));

describe.skipIf(!hasCurl)('what the manual shows', () => {
  test.each(['docs/capture.md', 'docs/es/captura.md'])('%s', async (file) => {
    const site = await openCaptureSite();
    const examples = examplesOf(readFileSync(path.join(repository, file), 'utf8'));
    expect(examples.length).toBe(5);
    for (const { script, answer } of examples) {
      const { stdout } = await run('bash', ['-e', '-o', 'pipefail', '-c', script], {
        env: { ...process.env, BITACORA: site.url, TOKEN: site.captureToken },
      });
      expect(JSON.parse(stdout)).toEqual(JSON.parse(answer));
    }
    const bytes = bytesUnder(site.data);
    for (const secret of ['not to be kept', 'no debe quedar']) expect(bytes.includes(secret)).toBe(false);
  });
});

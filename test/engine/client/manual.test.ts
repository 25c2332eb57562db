import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { repository } from '../../house/sources.ts';
import { bytesUnder, openCaptureSite } from '../capture/capture-kit.ts';
import { temporaryFolder, wholeLog } from '../engine/engine-kit.ts';

const run = promisify(execFile);
const hasCurl = spawnSync('curl', ['--version']).status === 0 && spawnSync('bash', ['--version']).status === 0;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

/** Asked with a bare connection: a request would be recorded. */
const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** A page’s programs and shell examples in their order, these with the answer below them. */
const partsOf = (page: string) =>
  [...page.matchAll(/```js\n\/\/ (\S+\.mjs)\n([\s\S]*?)```|```sh\n([\s\S]*?)```\n```json\n([\s\S]*?)```/g)].map(
    ([, name, program, script = '', answer = '']) => ({ name, program, script, answer }),
  );

/** “…” stands for anything. */
const withAnything = (value: unknown): unknown => {
  if (value === '…') return expect.anything();
  if (Array.isArray(value)) return value.map(withAnything);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withAnything(item)]));
};

describe.skipIf(!hasCurl)('the two sample programs, as the manual shows them', () => {
  test.each(['docs/client.md', 'docs/es/cliente.md'])('%s', async (file) => {
    expect(spawnSync(process.execPath, [path.join(repository, 'scripts/build.mjs'), 'client']).status).toBe(0);
    const site = await openCaptureSite();
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(repository, path.join(folder, 'node_modules/bitacora'));
    for (const name of ['express', 'fastify']) {
      symlinkSync(path.join(repository, 'node_modules', name), path.join(folder, 'node_modules', name));
    }
    const parts = partsOf(readFileSync(path.join(repository, file), 'utf8'));
    expect(parts.flatMap(({ name }) => name ?? [])).toEqual(['express.mjs', 'fastify.mjs']);
    expect(parts).toHaveLength(6);
    const children: ChildProcess[] = [];
    let at = '';
    const countAll = async (): Promise<number> => (await site.admin.call('log.count', { view: wholeLog() })).count;
    let entries = 0;
    try {
      for (const { name, program, script, answer } of parts) {
        if (name !== undefined && program !== undefined) {
          const port = await freePort();
          at = `http://127.0.0.1:${port}`;
          writeFileSync(path.join(folder, name), program);
          const env = {
            ...process.env,
            BITACORA: site.url,
            TOKEN: site.captureToken,
            SPOOL: path.join(folder, `spool-${name}`),
            PORT: String(port),
          };
          children.push(spawn(process.execPath, [name], { cwd: folder, env, stdio: 'inherit' }));
          while (!(await isListening(port))) await new Promise((resolve) => setTimeout(resolve, 50));
          entries += name === 'express.mjs' ? 3 : 1;
          continue;
        }
        const isAboutWhatIsStored = script.includes('$READER');
        while (isAboutWhatIsStored && (await countAll()) < entries)
          await new Promise((resolve) => setTimeout(resolve, 20));
        const { stdout } = await run('bash', ['-e', '-o', 'pipefail', '-c', script], {
          env: { ...process.env, BITACORA: site.url, PROGRAM: at, READER: site.readToken },
        });
        expect(JSON.parse(stdout)).toEqual(withAnything(JSON.parse(answer)));
      }
      for (const child of children) {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        expect(await ended).toEqual([0, null]);
      }
      for (const where of [site.data, folder]) expect(bytesUnderOf(where).includes('4111 1111')).toBe(false);
    } finally {
      for (const child of children) child.kill('SIGKILL');
    }
  });
});

/** Spools and ledger, not the programs, which lead out of their folder. */
const bytesUnderOf = (folder: string): Buffer => {
  const spools = ['spool-express.mjs', 'spool-fastify.mjs'].map((name) => path.join(folder, name));
  return Buffer.concat((folder.endsWith('data') ? [folder] : spools).map((where) => bytesUnder(where)));
};

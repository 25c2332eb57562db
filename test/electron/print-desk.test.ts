import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { _electron } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { admin, password } from '../e2e/ledger.ts';
import { freshFolder, preparedFolder } from '../e2e/open-app.ts';
import { electronHere } from '../e2e/open-in-electron.ts';
import { patience } from '../e2e/person.ts';
import { root } from '../e2e/program.ts';

test.skipIf(process.platform === 'win32')(
  'a document goes to the chosen printer, or to the program that shows it',
  async () => {
    const dataFolder = await preparedFolder();
    const fake = await freshFolder();
    const taken = path.join(fake, 'taken');
    // What the system's own command would be handed.
    await writeFile(
      path.join(fake, 'lp'),
      `#!/bin/sh\nfor word in "$@"; do echo "$word"; done > '${taken}'\nhead -c 5 "$4" >> '${taken}'\n`,
    );
    await chmod(path.join(fake, 'lp'), 0o700);
    const { executable, args, env } = await electronHere();
    const app = await _electron.launch({
      executablePath: executable,
      args: [...args, '--disable-gpu', '--lang=es-MX', root, `--data=${dataFolder}`],
      env: { ...env, PATH: `${fake}:${process.env.PATH}` },
    });
    onTestFinished(() => app.close().catch(() => undefined));
    const page = await app.firstWindow();
    await page.locator('#root :is(main, h1)').first().waitFor();
    await app.evaluate(({ BrowserWindow, shell }) => {
      const [window] = BrowserWindow.getAllWindows();
      if (window) window.webContents.getPrintersAsync = (async () => [{ name: 'Oficina 2' }]) as never;
      Object.assign(globalThis, { shown: [] });
      shell.openPath = async (file) => {
        (globalThis as unknown as { shown: string[] }).shown.push(file);
        return '';
      };
    });
    const job = await page.evaluate(
      async ([login, given]) => {
        const call = (procedure: string, input: object, session?: string, until?: (value: never) => boolean) =>
          new Promise<unknown>((resolve, reject) => {
            const id = 9000 + Math.floor(Math.random() * 1e6);
            window.bitacora?.onMessage((message) => {
              if (message.t !== 'frame' || message.frame.id !== id) return;
              if (message.frame.t === 'event' && until?.(message.frame.value as never)) resolve(message.frame.value);
              if (message.frame.t === 'ok') resolve(message.frame.value);
              if (message.frame.t === 'error') reject(new Error(message.frame.error.code));
            });
            window.bitacora?.send({ t: 'call', id, procedure, input, session });
          });
        const { token } = (await call('session.signIn', { login, password: given })) as { token: string };
        const target = await window.bitacora?.printTarget('bitacora.pdf');
        const view = {
          query: { clauses: [{ kind: 'number', key: 'id', exclude: false, tests: [{ op: '<=', value: 20 }] }] },
          sort: { column: 'id', descending: false },
          reading: { zone: 'UTC', ignoreAccents: true },
          newestId: null,
          now: null,
        };
        const request = { view, format: 'pdf', zone: 'UTC', language: 'es' };
        const started = (await call('export.start', { grant: target?.grant, request }, token)) as { job: string };
        const isDone = ({ jobs }: { jobs: { job: string; state: string }[] }): boolean =>
          jobs.some((one) => one.job === started.job && one.state === 'done');
        await call('export.watch', {}, token, isDone as never);
        return started.job;
      },
      [admin.login, password] as const,
    );
    expect(await page.evaluate(() => window.bitacora?.printers())).toEqual(['Oficina 2']);
    const print = (to: { printer: string } | { volume: number }): Promise<string> =>
      page.evaluate(
        ([name, where]) =>
          window.bitacora?.printExported(name, where).then(
            () => 'done',
            (error: Error) => error.message,
          ) ?? '',
        [job, to] as const,
      );
    expect(await print({ printer: 'Oficina 2' })).toBe('done');
    const [flag, printer, end, file, begins] = (await readFile(taken, 'utf8')).split('\n');
    expect([flag, printer, end, begins]).toEqual(['-d', 'Oficina 2', '--', '%PDF-']);
    expect(await print({ printer: 'Otra' })).toContain('"code":"printer_failed"');
    expect(await print({ volume: 0 })).toBe('done');
    expect(await app.evaluate(() => (globalThis as unknown as { shown: string[] }).shown)).toEqual([file]);
    expect(await print({ volume: 1 })).toContain('"code":"not_found"');

    // Nothing of it stays when the program ends.
    const kept = path.dirname(path.dirname(file ?? ''));
    expect(await readdir(kept)).toHaveLength(1);
    await app.close();
    await expect.poll(() => readdir(kept).catch(() => 'gone'), patience).toBe('gone');
  },
);

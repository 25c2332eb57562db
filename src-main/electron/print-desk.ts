import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { app, shell, type WebContents } from 'electron';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { RpcClient } from '#shared/rpc/client.ts';
import type { GrantedTarget } from '#shared/rpc/host-bridge.ts';

const run = promisify(execFile);

/** CUPS takes a PDF as it is. Windows has no such command: there a document is printed from the program that shows it. */
const hasPrintCommand = process.platform === 'linux' || process.platform === 'darwin';

/**
 * Documents that are made to be printed: in a folder of the program's own, which goes when the program ends, or when it
 * starts the next time where it was killed. Electron's own way to print a PDF fails where there is no graphics processor, so the document itself is handed to the system.
 */
export const createPrintDesk = (engine: RpcClient) => {
  const kept = path.join(app.getPath('userData'), 'print');
  const clear = (): void => rmSync(kept, { recursive: true, force: true });
  // One program has this folder at a time: what is there was left by one that was killed.
  clear();
  const filesOf = async (job: unknown): Promise<readonly string[]> => {
    const { files } = (await engine.call('export.files', { job: String(job) })) as { files: readonly string[] };
    if (files.some((file) => path.extname(file) !== '.pdf')) throw new BitacoraError('not_found', { what: 'PDF' });
    return files;
  };
  const volumeOf = async (job: unknown, volume: unknown): Promise<string> => {
    const file = (await filesOf(job))[Number(volume)];
    if (file === undefined) throw new BitacoraError('not_found', { what: 'PDF' });
    return file;
  };
  const printersOf = async (page: WebContents): Promise<readonly string[]> =>
    hasPrintCommand ? (await page.getPrintersAsync()).map(({ name }) => name) : [];
  return {
    /** A place for a document that nobody is asked for. */
    target: async (name: unknown): Promise<GrantedTarget> => {
      await mkdir(kept, { recursive: true, mode: 0o700 });
      // Each in a folder of its own: documents of one day have the same name, and their volumes must not mix.
      const folder = await mkdtemp(path.join(kept, 'document-'));
      return (await engine.call('export.grant', {
        path: path.join(folder, path.basename(String(name))),
      })) as GrantedTarget;
    },
    read: async (job: unknown, volume: unknown): Promise<Uint8Array> => readFile(await volumeOf(job, volume)),
    printers: printersOf,
    /** All volumes to one of the printers that the system has, or one volume in the system's own program, which has its dialog. */
    print: async (page: WebContents, job: unknown, to: unknown): Promise<void> => {
      const { printer, volume } = to as { readonly printer?: unknown; readonly volume?: unknown };
      if (printer === undefined) {
        const file = await volumeOf(job, volume);
        const failure = await shell.openPath(file);
        if (failure !== '') throw new BitacoraError('file_unreadable', { path: file, reason: failure });
        return;
      }
      const name = String(printer);
      if (!(await printersOf(page)).includes(name)) throw new BitacoraError('printer_failed', { printer: name });
      try {
        await run('lp', ['-d', name, '--', ...(await filesOf(job))]);
      } catch (error) {
        throw new BitacoraError('printer_failed', { printer: name }, { cause: error });
      }
    },
    clear,
  };
};

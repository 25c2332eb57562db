import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
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
 * Documents that are made to be printed: in a folder of the program's own, which goes when the program ends. Electron's
 * own way to print a PDF fails where there is no graphics processor, so the document itself is handed to the system.
 */
export const createPrintDesk = (engine: RpcClient) => {
  let folder: string | null = null;
  const fileOf = async (job: unknown): Promise<string> => {
    const { files } = (await engine.call('export.files', { job: String(job) })) as { files: readonly string[] };
    const [file] = files;
    if (file === undefined || path.extname(file) !== '.pdf') throw new BitacoraError('not_found', { what: 'PDF' });
    return file;
  };
  const printersOf = async (page: WebContents): Promise<readonly string[]> =>
    hasPrintCommand ? (await page.getPrintersAsync()).map(({ name }) => name) : [];
  return {
    /** A place for a document that nobody is asked for. */
    target: async (name: unknown): Promise<GrantedTarget> => {
      folder ??= await mkdtemp(path.join(app.getPath('temp'), 'bitacora-print-'));
      return (await engine.call('export.grant', {
        path: path.join(folder, path.basename(String(name))),
      })) as GrantedTarget;
    },
    read: async (job: unknown): Promise<Uint8Array> => readFile(await fileOf(job)),
    printers: printersOf,
    /** To one of the printers that the system has; null opens it in the system's own program, which has its dialog. */
    print: async (page: WebContents, job: unknown, printer: unknown): Promise<void> => {
      const file = await fileOf(job);
      if (printer === null) {
        const failure = await shell.openPath(file);
        if (failure !== '') throw new BitacoraError('file_unreadable', { path: file, reason: failure });
        return;
      }
      const name = String(printer);
      if (!(await printersOf(page)).includes(name)) throw new BitacoraError('printer_failed', { printer: name });
      try {
        await run('lp', ['-d', name, '--', file]);
      } catch (error) {
        throw new BitacoraError('printer_failed', { printer: name }, { cause: error });
      }
    },
    clear: (): void => {
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    },
  };
};

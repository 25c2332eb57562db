import path from 'node:path';
import { app, type BrowserWindow, dialog, shell } from 'electron';
import { windowText } from '#main/electron/window-text.ts';
import { BitacoraError, isBitacoraError, type WireError } from '#shared/contract/errors.ts';
import type { RpcClient } from '#shared/rpc/client.ts';
import type { FilePurpose, GrantedFile, GrantedTarget } from '#shared/rpc/host-bridge.ts';

/** What comes back to the preload: Electron would hide the code of an error that was thrown. */
export type GrantAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: WireError };

export const answer = async <T>(work: () => Promise<T>): Promise<GrantAnswer<T>> => {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (isBitacoraError(error)) return { ok: false, error: error.toWire() };
    throw error;
  }
};

/** The engine's answer to `file.grant`, whose shape it holds itself to. */
const grantFile = async (engine: RpcClient, path: string): Promise<GrantedFile> =>
  (await engine.call('file.grant', { path })) as GrantedFile;

/** Lets the person choose a file, and the window import or follow it. The window learns its name, never its place. */
export const chooseFile = (
  window: BrowserWindow,
  purpose: FilePurpose,
  engine: RpcClient,
): Promise<GrantAnswer<GrantedFile | null>> =>
  answer(async () => {
    const text = windowText();
    const offered = {
      import: {
        title: text.chooseTrail,
        name: text.trailFiles,
        extensions: ['ndjson', 'jsonl', 'json', 'csv', 'tsv', 'txt', 'log', 'gz'],
      },
      follow: { title: text.chooseLog, name: text.logFiles, extensions: ['log', 'ndjson', 'jsonl', 'json', 'txt'] },
    }[purpose];
    const { canceled, filePaths } = await dialog.showOpenDialog(window, {
      title: offered.title,
      properties: ['openFile'],
      filters: [
        { name: offered.name, extensions: offered.extensions },
        { name: text.allFiles, extensions: ['*'] },
      ],
    });
    const [path] = filePaths;
    return canceled || path === undefined ? null : grantFile(engine, path);
  });

export const grantDropped = (path: unknown, engine: RpcClient): Promise<GrantAnswer<GrantedFile>> =>
  answer(async () => {
    if (typeof path !== 'string' || path === '') throw new BitacoraError('file_not_found', { path: '' });
    return grantFile(engine, path);
  });

const documentKinds = {
  xlsx: 'excelFiles',
  csv: 'csvFiles',
  ndjson: 'ndjsonFiles',
  pdf: 'pdfFiles',
} as const;

/** Lets the person choose where a document goes, and the window have it written there, once. */
export const chooseTarget = (
  window: BrowserWindow,
  offered: unknown,
  engine: RpcClient,
): Promise<GrantAnswer<GrantedTarget | null>> =>
  answer(async () => {
    const text = windowText();
    // Only a name: the folder is the person's own affair.
    const name = path.basename(String(offered));
    const extension = path.extname(name).slice(1);
    const kind = Object.hasOwn(documentKinds, extension)
      ? documentKinds[extension as keyof typeof documentKinds]
      : null;
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      title: text.saveDocument,
      defaultPath: path.join(app.getPath('documents'), name),
      filters: [
        ...(kind === null ? [] : [{ name: text[kind], extensions: [extension] }]),
        { name: text.allFiles, extensions: ['*'] },
      ],
    });
    if (canceled || !filePath) return null;
    const target = path.extname(filePath) === '' ? `${filePath}.${extension}` : filePath;
    return (await engine.call('export.grant', { path: target })) as GrantedTarget;
  });

/** Opens a finished export or shows it in its folder; where it is, the engine knows. */
export const openExported = (job: unknown, how: unknown, engine: RpcClient): Promise<GrantAnswer<void>> =>
  answer(async () => {
    const { files } = (await engine.call('export.files', { job: String(job) })) as { files: readonly string[] };
    const [file] = files;
    if (file === undefined) throw new BitacoraError('not_found', { what: 'file' });
    if (how === 'show') {
      shell.showItemInFolder(file);
      return;
    }
    const failure = await shell.openPath(file);
    if (failure !== '') throw new BitacoraError('file_unreadable', { path: file, reason: failure });
  });

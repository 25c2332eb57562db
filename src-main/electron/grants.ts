import { type BrowserWindow, dialog } from 'electron';
import { windowText } from '#main/electron/window-text.ts';
import { BitacoraError, isBitacoraError, type WireError } from '#shared/contract/errors.ts';
import type { RpcClient } from '#shared/rpc/client.ts';
import type { GrantedFile } from '#shared/rpc/host-bridge.ts';

/** What comes back to the preload: Electron would hide the code of an error that was thrown. */
export type GrantAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: WireError };

const answer = async <T>(work: () => Promise<T>): Promise<GrantAnswer<T>> => {
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

/** Lets the person choose a file, and the window import it. The window learns its name, never its place. */
export const chooseFile = (window: BrowserWindow, engine: RpcClient): Promise<GrantAnswer<GrantedFile | null>> =>
  answer(async () => {
    const text = windowText();
    const { canceled, filePaths } = await dialog.showOpenDialog(window, {
      title: text.chooseTrail,
      properties: ['openFile'],
      filters: [
        { name: text.trailFiles, extensions: ['ndjson', 'jsonl', 'json', 'csv', 'tsv', 'txt', 'log', 'gz'] },
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

import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channels } from '#main/electron/channels.ts';
import type { GrantAnswer } from '#main/electron/grants.ts';
import type { GrantedFile, GrantedTarget, HostBridge, HostMessage } from '#shared/rpc/host-bridge.ts';

const listeners: ((message: HostMessage) => void)[] = [];
const early: HostMessage[] = [];

ipcRenderer.on(channels.message, (_event, message: HostMessage) => {
  if (listeners.length === 0) early.push(message);
  for (const listener of listeners) listener(message);
});
ipcRenderer.send(channels.hello);

/**
 * The path of a dropped file, empty for one that a script made up. Electron 32 replaced `File.path` by `webUtils`; the
 * older way is for the runtimes before it.
 */
const pathOf = (file: File): string => {
  const utils: typeof webUtils | undefined = webUtils;
  return utils ? utils.getPathForFile(file) : ((file as { path?: string }).path ?? '');
};

const unwrap = <T>(answer: GrantAnswer<T>): T => {
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.value;
};

const bridge: HostBridge = {
  kind: 'electron',
  platform: process.platform,
  send: (frame) => ipcRenderer.send(channels.frame, frame),
  onMessage: (listener) => {
    listeners.push(listener);
    for (const message of early.splice(0)) listener(message);
  },
  chooseFile: async (purpose) =>
    unwrap<GrantedFile | null>(await ipcRenderer.invoke(channels.chooseFile, String(purpose))),
  grantDropped: async (file) => unwrap<GrantedFile>(await ipcRenderer.invoke(channels.grantDropped, pathOf(file))),
  chooseTarget: async (name) =>
    unwrap<GrantedTarget | null>(await ipcRenderer.invoke(channels.chooseTarget, String(name))),
  openExported: async (job, how) => unwrap<void>(await ipcRenderer.invoke(channels.openExported, String(job), how)),
  printTarget: async (name) => unwrap<GrantedTarget>(await ipcRenderer.invoke(channels.printTarget, String(name))),
  readExported: async (job, volume) =>
    unwrap<Uint8Array>(await ipcRenderer.invoke(channels.readExported, String(job), Number(volume))),
  printers: async () => unwrap<readonly string[]>(await ipcRenderer.invoke(channels.printers)),
  printExported: async (job, to) => {
    const plain = 'printer' in to ? { printer: String(to.printer) } : { volume: Number(to.volume) };
    return unwrap<void>(await ipcRenderer.invoke(channels.printExported, String(job), plain));
  },
};

contextBridge.exposeInMainWorld('bitacora', bridge);

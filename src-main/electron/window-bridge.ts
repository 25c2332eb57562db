import { app, BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron';
import { channels } from '#main/electron/channels.ts';
import { answer, chooseFile, chooseTarget, grantDropped, openExported } from '#main/electron/grants.ts';
import { isOurs } from '#main/electron/page-address.ts';
import { createPrintDesk } from '#main/electron/print-desk.ts';
import type { EngineSupervisor } from '#main/engine/process/engine-supervisor.ts';
import { createRpcClient } from '#shared/rpc/client.ts';
import type { ClientFrame, ServerFrame } from '#shared/rpc/frames.ts';
import type { HostMessage } from '#shared/rpc/host-bridge.ts';
import type { Port } from '#shared/rpc/port.ts';
import { isClientFrame } from '#shared/rpc/server.ts';

/** The page's own top frame, and no other: a frame in it, or another page that got into the window, is not heard. */
const comesFromPage = (event: IpcMainEvent | IpcMainInvokeEvent): boolean =>
  event.senderFrame !== null && event.senderFrame === event.sender.mainFrame && isOurs(event.senderFrame.url);

/** Joins every page to the engine: frames in both directions, the engine's state, and files that a person hands over. */
export const bridgeWindows = (engine: EngineSupervisor): void => {
  const pages = new Map<WebContents, Port<ServerFrame, ClientFrame>>();
  const host = createRpcClient(engine.connect('host'));
  const desk = createPrintDesk(host);
  app.on('quit', desk.clear);

  const tell = (page: WebContents, message: HostMessage): void => {
    if (!page.isDestroyed()) page.send(channels.message, message);
  };

  engine.onState((state) => {
    for (const page of pages.keys()) tell(page, { t: 'engine', state });
  });

  const leave = (page: WebContents): void => {
    pages.get(page)?.close();
    pages.delete(page);
  };

  ipcMain.on(channels.hello, (event) => {
    if (!comesFromPage(event)) return;
    const page = event.sender;
    if (pages.has(page)) leave(page);
    else {
      page.once('destroyed', () => leave(page));
      page.on('render-process-gone', () => leave(page));
    }
    const connection = engine.connect('window');
    connection.onMessage((frame) => tell(page, { t: 'frame', frame }));
    pages.set(page, connection);
    tell(page, { t: 'engine', state: engine.state });
  });

  ipcMain.on(channels.frame, (event, frame: unknown) => {
    if (comesFromPage(event) && isClientFrame(frame)) pages.get(event.sender)?.send(frame);
  });

  ipcMain.handle(channels.chooseFile, (event, purpose: unknown) => {
    const window = BrowserWindow.fromWebContents(event.sender);
    if (!comesFromPage(event) || !window) throw new Error('not from a page of ours');
    return chooseFile(window, purpose === 'follow' ? 'follow' : 'import', host);
  });

  ipcMain.handle(channels.grantDropped, (event, path: unknown) => {
    if (!comesFromPage(event)) throw new Error('not from a page of ours');
    return grantDropped(path, host);
  });

  ipcMain.handle(channels.chooseTarget, (event, name: unknown) => {
    const window = BrowserWindow.fromWebContents(event.sender);
    if (!comesFromPage(event) || !window) throw new Error('not from a page of ours');
    return chooseTarget(window, name, host);
  });

  ipcMain.handle(channels.openExported, (event, job: unknown, how: unknown) => {
    if (!comesFromPage(event)) throw new Error('not from a page of ours');
    return openExported(job, how, host);
  });

  /** Answers the page alone, with the code of an error kept. */
  const answerPage = <T>(channel: string, work: (event: IpcMainInvokeEvent, ...given: unknown[]) => Promise<T>): void =>
    ipcMain.handle(channel, (event, ...given: unknown[]) => {
      if (!comesFromPage(event)) throw new Error('not from a page of ours');
      return answer(() => work(event, ...given));
    });
  answerPage(channels.printTarget, (_event, name) => desk.target(name));
  answerPage(channels.readExported, (_event, job, volume) => desk.read(job, volume));
  answerPage(channels.printers, (event) => desk.printers(event.sender));
  answerPage(channels.printExported, (event, job, to) => desk.print(event.sender, job, to));
};

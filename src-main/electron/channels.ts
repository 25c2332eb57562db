/** Names of the messages between the preload and the main process. */
export const channels = {
  /** Page → main: a page begins; whatever ran for the page before it in this window is cancelled. */
  hello: 'bitacora:hello',
  /** Page → main: a client frame. */
  frame: 'bitacora:frame',
  /** Main → page: a host message. */
  message: 'bitacora:message',
  /** Page → main, answered: shows the system's dialog and grants the file that was chosen. */
  chooseFile: 'bitacora:choose-file',
  /** Preload → main, answered: grants a dropped file, by the path that only the preload can find out. */
  grantDropped: 'bitacora:grant-dropped',
  /** Page → main, answered: shows the system's dialog for saving and grants the place that was chosen. */
  chooseTarget: 'bitacora:choose-target',
  /** Page → main, answered: opens a finished export, or shows it in its folder. */
  openExported: 'bitacora:open-exported',
  /** Page → main, answered: printing, step by step (print-desk.ts). */
  printTarget: 'bitacora:print-target',
  readExported: 'bitacora:read-exported',
  printers: 'bitacora:printers',
  printExported: 'bitacora:print-exported',
} as const;

import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { windowText } from '#main/electron/window-text.ts';

/**
 * The application menu. It takes no key that the page uses (search, palette, print, export, F5): those are the page's,
 * the same in a browser.
 */
export const buildMenu = (): Menu => {
  const text = windowText();
  const mac = process.platform === 'darwin';
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const appMenu: MenuItemConstructorOptions = {
    label: app.name,
    submenu: [
      { role: 'about', label: text.about },
      separator,
      { role: 'hide', label: text.hide },
      { role: 'hideOthers', label: text.hideOthers },
      { role: 'unhide', label: text.showAll },
      separator,
      { role: 'quit', label: text.quit },
    ],
  };
  return Menu.buildFromTemplate([
    ...(mac ? [appMenu] : []),
    { label: text.file, submenu: [mac ? { role: 'close', label: text.close } : { role: 'quit', label: text.quit }] },
    {
      label: text.edit,
      submenu: [
        { role: 'undo', label: text.undo },
        { role: 'redo', label: text.redo },
        separator,
        { role: 'cut', label: text.cut },
        { role: 'copy', label: text.copy },
        { role: 'paste', label: text.paste },
        { role: 'selectAll', label: text.selectAll },
      ],
    },
    {
      label: text.view,
      submenu: [
        { role: 'zoomIn', label: text.zoomIn },
        { role: 'zoomOut', label: text.zoomOut },
        { role: 'resetZoom', label: text.zoomReset },
        separator,
        { role: 'togglefullscreen', label: text.fullScreen },
        ...(app.isPackaged
          ? []
          : ([
              separator,
              { role: 'reload', label: text.reload, accelerator: 'CmdOrCtrl+Alt+R' },
              { role: 'toggleDevTools', label: text.developerTools },
            ] satisfies MenuItemConstructorOptions[])),
      ],
    },
    { role: 'window', label: text.window, submenu: [{ role: 'minimize', label: text.minimise }] },
    ...(mac ? [] : [{ label: text.help, submenu: [{ role: 'about', label: text.about } as const] }]),
  ]);
};

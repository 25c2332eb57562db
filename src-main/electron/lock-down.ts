import { app, type Session } from 'electron';
import { isOurs, parseUrl } from '#main/electron/page-address.ts';

const localSchemes = new Set(['app:', 'data:', 'blob:', 'devtools:']);

/**
 * The page may do what the page needs and nothing else: no permission but writing text to the clipboard, no request
 * that leaves this machine, no download, no dictionary fetched.
 */
export const lockSession = (session: Session): void => {
  // Copying entries and citations is this permission; reading the clipboard is another one, and stays denied.
  const granted = (permission: string, url: string): boolean =>
    permission === 'clipboard-sanitized-write' && isOurs(url);
  session.setPermissionRequestHandler((_contents, permission, decide, details) =>
    decide(granted(permission, details.requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) => granted(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, decide) =>
    decide({ cancel: !localSchemes.has(parseUrl(details.url)?.protocol ?? '') }),
  );
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
};

/** Every web contents there will ever be: stays where it is, opens nothing, embeds nothing. */
export const lockContents = (): void => {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => event.preventDefault());
  });
};

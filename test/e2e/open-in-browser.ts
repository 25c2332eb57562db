import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { chromiumPath } from './chromium.ts';
import { type OpenedApp, type OpenOptions, watchFaults } from './opened-app.ts';
import { endProcess, killBelow, startServe } from './program.ts';

// Its own switches turn web security off; ours is what is to be tested.
export const launchChromium = async (): Promise<Browser> =>
  chromium.launch({ executablePath: await chromiumPath(), args: ['--no-sandbox', '--disable-gpu'] });

/** Opens the app as `bitacora serve` gives it to a browser. */
export const openInBrowser = async ({
  dataFolder,
  demo,
  followIn,
  locale = 'es-MX',
}: OpenOptions): Promise<OpenedApp> => {
  const words = [`--data=${dataFolder}`, ...(demo ? ['--demo'] : []), ...(followIn ? ['--follow-in', followIn] : [])];
  const serving = await startServe(['--port', '0', ...words]);
  const browser = await launchChromium();
  const page = await browser.newPage({
    locale,
    timezoneId: 'America/Mexico_City',
    viewport: { width: 1440, height: 900 },
  });
  const faults = watchFaults(page);
  await page.goto(serving.url);
  return {
    kind: 'browser',
    page,
    faults,
    engineKill: async () => killBelow(serving.child, 'serve-engine'),
    chooseFile: async (file, press) => {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press()]);
      await chooser.setFiles(file);
    },
    exportTo: async (folder, press, fetch) => {
      await press();
      const [download] = await Promise.all([page.waitForEvent('download'), fetch()]);
      const file = path.join(folder, download.suggestedFilename());
      await download.saveAs(file);
      return file;
    },
    close: async () => {
      await browser.close();
      await endProcess(serving.child);
    },
  };
};

import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { type OpenedApp, type OpenOptions, watchFaults } from './opened-app.ts';
import { endProcess, killBelow, startServe } from './program.ts';

/**
 * A Chromium out of an npm package. On a machine without Chromium's own libraries the package brings them along, but
 * only unpacks them where it believes to run in the cloud it was made for, which this variable says.
 */
export const launchChromium = async (): Promise<Browser> => {
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs22.x';
  const { default: bundled } = await import('@sparticuz/chromium');
  // Its own switches turn web security off; ours is what is to be tested.
  return chromium.launch({ executablePath: await bundled.executablePath(), args: ['--no-sandbox', '--disable-gpu'] });
};

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

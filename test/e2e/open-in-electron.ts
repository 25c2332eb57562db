import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { _electron } from 'playwright-core';
import { type OpenedApp, type OpenOptions, watchFaults } from './opened-app.ts';
import { killBelow, root } from './program.ts';

interface ElectronRuntime {
  installedElectron(): { executable: string; version: string } | undefined;
  electronSetting(electron: { version: string }): { args: string[]; env: Record<string, string> };
}

/** The finder that `npm start` uses; it is plain JavaScript, so that it runs on any Node. */
const runtime: Promise<ElectronRuntime> = import(new URL('../../scripts/electron-runtime.mjs', import.meta.url).href);

/** The Electron of this machine, with the arguments and environment that `npm start` gives it. */
export const electronHere = async (): Promise<{
  executable: string;
  args: readonly string[];
  env: Record<string, string>;
}> => {
  const { installedElectron, electronSetting } = await runtime;
  const electron = installedElectron();
  if (!electron) throw new Error('there is no Electron here: set ELECTRON_OVERRIDE_DIST_PATH');
  return { executable: electron.executable, ...electronSetting(electron) };
};

/**
 * Opens the app in Electron, as `npm start` does, on a screen that has no graphics processor: looking for one fails there,
 * and about once in fifty starts takes the window with it.
 */
export const openInElectron = async ({ dataFolder, demo, locale = 'es-MX' }: OpenOptions): Promise<OpenedApp> => {
  const { executable, args, env } = await electronHere();
  const app = await _electron.launch({
    executablePath: executable,
    args: [...args, '--disable-gpu', `--lang=${locale}`, root, `--data=${dataFolder}`, ...(demo ? ['--demo'] : [])],
    env: { ...env, LANGUAGE: locale.replace('-', '_'), TZ: 'America/Mexico_City' },
  });
  const page = await app.firstWindow();
  const faults = watchFaults(page);
  // Not the event: a page that was quick has sent it before anybody listened.
  await page.locator('#root :is(main, h1)').first().waitFor();
  return {
    kind: 'electron',
    page,
    faults,
    engineKill: async () => killBelow(app.process(), 'engine.js'),
    chooseFile: async (path, press) => {
      await app.evaluate(({ dialog }, chosen) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
      }, path);
      await press();
    },
    exportTo: async (folder, press) => {
      await app.evaluate(({ dialog }, into) => {
        dialog.showSaveDialog = ((_window: unknown, { defaultPath }: { defaultPath: string }) =>
          Promise.resolve({ canceled: false, filePath: `${into}/${defaultPath.split('/').at(-1)}` })) as never;
      }, folder);
      const before = new Set(await readdir(folder));
      await press();
      await page.getByRole('button', { name: 'Exportación lista' }).waitFor();
      const [name] = (await readdir(folder)).filter((found) => !before.has(found) && !found.endsWith('.json'));
      return path.join(folder, name ?? '');
    },
    close: () => app.close(),
  };
};

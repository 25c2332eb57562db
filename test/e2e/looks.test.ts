import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { seriousFindings } from './accessibility.ts';
import { freshFolder, openApp, preparedFolder } from './open-app.ts';
import type { OpenedApp } from './opened-app.ts';
import { entryPanel, goTo, grid, header, patience, previewFile, rowsAreHere, searchFor, signIn } from './person.ts';
import { keepScreen } from './screens.ts';
import { watchedRecord, writeTrail } from './trail.ts';

type Language = 'es' | 'en';
const languages: readonly Language[] = ['es', 'en'];
const schemes = ['light', 'dark'] as const;

const htmlLanguage = (page: Page): Promise<string> => page.evaluate(() => document.documentElement.lang);
const scheme = (page: Page): Promise<string | null> =>
  page.evaluate(() => document.documentElement.getAttribute('data-mantine-color-scheme'));

/** What axe found serious, by the screen; gathered, so that one run tells it all. */
type Findings = Record<string, Awaited<ReturnType<typeof seriousFindings>>>;

/** Looks at the screen as it is, in both schemes: with axe, and a picture for people. */
const lookAt = async (app: OpenedApp, name: string, language: Language, findings: Findings): Promise<void> => {
  for (const wanted of schemes) {
    await app.page.emulateMedia({ colorScheme: wanted });
    await expect.poll(() => scheme(app.page), patience).toBe(wanted);
    await keepScreen(app, `${name}.${language}.${wanted}`);
    const found = await seriousFindings(app.page);
    if (found.length > 0) findings[`${name} ${language} ${wanted}`] = found;
  }
};

const inBothLanguages = async (
  app: OpenedApp,
  name: string,
  title: Readonly<Record<Language, string>>,
  findings: Findings,
): Promise<void> => {
  for (const language of languages) {
    await app.page.getByRole('button', { name: language === 'es' ? 'Español' : 'English' }).click();
    await app.page.getByRole('heading', { name: title[language] }).waitFor();
    await expect.poll(() => htmlLanguage(app.page), patience).toBe(language);
    await lookAt(app, name, language, findings);
  }
};

/** Runs an action of the palette by its name. */
const command = async (page: Page, name: string): Promise<void> => {
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog');
  await palette.getByRole('textbox').fill(name);
  await palette.getByRole('button', { name }).first().click();
  await palette.waitFor({ state: 'detached' });
};

test('first run and sign-in read well in both languages, light and dark', async () => {
  const findings: Findings = {};
  const first = await openApp();
  await inBothLanguages(first, 'first-run', { es: 'Para empezar', en: 'To begin' }, findings);
  expect(first.faults).toEqual([]);
  await first.close();

  const second = await openApp({ dataFolder: await preparedFolder() });
  await inBothLanguages(second, 'sign-in', { es: 'Iniciar sesión', en: 'Sign in' }, findings);
  expect(findings).toEqual({});
  expect(second.faults).toEqual([]);
});

test('every screen reads well in both languages, light and dark, and changes between them live', async () => {
  const app = await openApp({ dataFolder: await preparedFolder() });
  const { page } = app;
  const findings: Findings = {};
  const file = await writeTrail(await freshFolder(), 'otra.csv', 200, 3);
  await signIn(page);
  await goTo(page, 'Importar');
  await previewFile(app, file);
  await page.keyboard.press('Alt+1');
  await searchFor(page, watchedRecord);

  for (const language of languages) {
    if (language === 'en') {
      const name = 'Cambiar de idioma: English';
      await command(page, name);
      await expect.poll(() => htmlLanguage(page), patience).toBe('en');
      await header(page, 'Change').waitFor();
    }
    await page.keyboard.press('Escape');
    await entryPanel(page).waitFor({ state: 'detached' });
    await rowsAreHere(page);
    await lookAt(app, 'log', language, findings);

    await grid(page).getByRole('gridcell', { name: 'configuracion', exact: true }).click();
    await entryPanel(page).getByRole('heading', { level: 2, name: 'configuracion' }).waitFor();
    await entryPanel(page).getByText('125').waitFor();
    await lookAt(app, 'log-entry', language, findings);

    await page.keyboard.press('?');
    await page
      .getByRole('dialog')
      .getByRole('heading', { name: language === 'es' ? 'Teclas' : 'Keys' })
      .waitFor();
    await lookAt(app, 'keys', language, findings);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('textbox').waitFor();
    await lookAt(app, 'palette', language, findings);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await page.keyboard.press('Alt+2');
    await page
      .getByRole('heading', { name: language === 'es' ? 'Cómo se va a leer' : 'How it will be read' })
      .waitFor();
    // The heading is there before the file has been read: what is looked at is the preview itself.
    await page.getByRole('cell', { name: 'PTE', exact: true }).first().waitFor();
    await lookAt(app, 'import-preview', language, findings);

    await page.keyboard.press('Alt+3');
    await page.getByRole('heading', { name: language === 'es' ? 'Acerca de' : 'About' }).waitFor();
    await lookAt(app, 'settings', language, findings);
    await page.getByRole('link', { name: language === 'es' ? 'Captura' : 'Capture' }).click();
    const files = page.getByRole('region', { name: language === 'es' ? 'Archivos de registro' : 'Log files' });
    await files.getByRole('cell', { name: 'payments.log' }).first().waitFor();
    await lookAt(app, 'settings-capture', language, findings);
    await files.getByRole('button', { name: language === 'es' ? 'Cambiar «payments»' : 'Change “payments”' }).click();
    const form = files.getByRole('form');
    await form.scrollIntoViewIfNeeded();
    await lookAt(app, 'settings-capture-logger', language, findings);
    await form.getByRole('button', { name: language === 'es' ? 'Cancelar' : 'Cancel' }).click();
    await files.scrollIntoViewIfNeeded();
    await keepScreen(app, `settings-capture-end.${language}`);
    await page.getByRole('link', { name: 'General' }).click();
    await page.keyboard.press('Alt+1');
    await rowsAreHere(page);
  }

  // The looks that a person chose win over the system's, at once and after the window was loaded anew.
  await page.keyboard.press('Alt+3');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('radiogroup', { name: 'Appearance' }).getByText('Dark').click();
  await expect.poll(() => scheme(page), patience).toBe('dark');
  await page.reload();
  await expect.poll(() => scheme(page), patience).toBe('dark');
  await expect.poll(() => htmlLanguage(page), patience).toBe('en');
  expect(findings).toEqual({});
  expect(app.faults).toEqual([]);
});

test('what makes documents reads well in both languages, light and dark: export, print, the pages before they are printed', async () => {
  const app = await openApp({ dataFolder: await preparedFolder() });
  const { page } = app;
  const findings: Findings = {};
  await signIn(page);
  await searchFor(page, watchedRecord);
  for (const language of languages) {
    const isSpanish = language === 'es';
    if (!isSpanish) {
      await command(page, 'Cambiar de idioma: English');
      await header(page, 'Change').waitFor();
    }
    await rowsAreHere(page);
    await page.keyboard.press('Control+e');
    const exporting = page.getByRole('dialog', { name: isSpanish ? 'Exportar' : 'Export' });
    for (const format of ['Excel', 'CSV', 'PDF']) {
      await exporting.getByText(format, { exact: true }).click();
      await lookAt(app, `export-${format.toLowerCase()}`, language, findings);
    }
    await page.keyboard.press('Escape');
    await exporting.waitFor({ state: 'detached' });

    await page.keyboard.press('Control+p');
    const printing = page.getByRole('dialog', { name: isSpanish ? 'Imprimir' : 'Print' });
    await lookAt(app, 'print-options', language, findings);
    await printing.getByRole('button', { name: isSpanish ? 'Vista previa' : 'Preview' }).click();
    await printing.getByRole('img', { name: isSpanish ? /^Página 1 de \d+$/ : /^Page 1 of \d+$/ }).waitFor();
    const drawn = () => printing.locator('canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).dataset.drawn);
    await expect.poll(drawn, patience).toBe('1');
    await lookAt(app, 'print-preview', language, findings);
    await page.keyboard.press('Escape');
    await printing.waitFor({ state: 'detached' });
  }
  expect(findings).toEqual({});
  expect(app.faults).toEqual([]);
});

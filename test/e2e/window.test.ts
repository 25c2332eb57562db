import { expect, inject, test } from 'vitest';
import { seriousFindings } from './accessibility.ts';
import { openApp } from './open-app.ts';
import { keepScreen } from './screens.ts';

const kind = inject('appKind');

test('the window opens with its title, says nothing on the console and is accessible', async () => {
  const app = await openApp();
  await app.page.waitForSelector('#root :is(button, input)');
  await app.page.waitForLoadState('networkidle');
  expect(await app.page.title()).toMatch(/^Bitácora/);
  await keepScreen(app, 'first-run');
  expect(await seriousFindings(app.page)).toEqual([]);
  expect(app.faults).toEqual([]);
});

test('the policy is in force: no inline script, no style without the nonce, nothing from elsewhere', async () => {
  const { page } = await openApp();
  await page.waitForSelector('#root :is(button, input)');
  const seen = await page.evaluate(async () => {
    const refused: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'window.injected = true';
    const style = document.createElement('style');
    style.textContent = 'body { --injected: yes }';
    const picture = document.createElement('img');
    picture.src = 'https://example.org/pixel.png';
    document.body.append(script, style, picture);
    const fetched = await fetch('https://example.org/').then(
      () => 'fetched',
      () => 'refused',
    );
    // In a timer: what is evaluated right here, from outside the page, is not subject to its policy.
    setTimeout('window.evaluated = true', 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return {
      fetched,
      evaluated: 'evaluated' in window,
      injected: 'injected' in window,
      styled: getComputedStyle(document.body).getPropertyValue('--injected'),
      refused: refused.sort(),
      nonce: document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '',
    };
  });
  expect(seen).toMatchObject({ fetched: 'refused', evaluated: false, injected: false, styled: '' });
  expect(seen.refused).toEqual(
    expect.arrayContaining(['connect-src', 'img-src', 'script-src', 'script-src-elem', 'style-src-elem']),
  );
  expect(seen.nonce).toMatch(/^[\w+/=]{16,}$/);
});

test('the page has no way out of its box', async () => {
  const { page } = await openApp();
  await page.waitForSelector('#root :is(button, input)');
  expect(
    await page.evaluate(() => ['require', 'process', 'module', 'Buffer', '__dirname'].filter((name) => name in window)),
  ).toEqual([]);
  // Every door to the shell, by name: a new one is looked at before it is let in here.
  const doors = ['chooseFile', 'chooseTarget', 'grantDropped', 'kind', 'onMessage', 'openExported', 'platform'];
  const printing = ['printExported', 'printTarget', 'printers', 'readExported', 'send'];
  expect(await page.evaluate(() => Object.keys(window.bitacora ?? {}).sort())).toEqual(
    kind === 'electron' ? [...doors, ...printing] : [],
  );
  expect(await page.evaluate(async () => (await navigator.permissions.query({ name: 'geolocation' })).state)).not.toBe(
    'granted',
  );
  expect(
    await page.evaluate(
      () => new Promise((resolve) => navigator.geolocation.getCurrentPosition(resolve, (e) => resolve(e.code))),
    ),
  ).toBe(1);
});

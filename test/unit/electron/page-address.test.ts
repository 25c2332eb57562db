import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileOf, isOurs } from '#main/electron/page-address.ts';

const folder = '/opt/bitacora/dist/renderer';

describe('a request of the page', () => {
  test.each([
    ['app://bitacora/', `${folder}/index.html`],
    ['app://bitacora/index.html', `${folder}/index.html`],
    ['app://bitacora/index.html?x=1#/log', `${folder}/index.html`],
    ['app://bitacora/assets/a%20b.js', `${folder}/assets/a b.js`],
  ])('%s is a file of the page', (url, file) => expect(fileOf(url, folder)).toBe(file));

  test.each([
    'app://bitacora/..%2fmain/engine.js',
    'app://bitacora/..%5cmain%5cengine.js',
    'app://bitacora/%2e%2e%2f%2e%2e%2fpackage.json',
    'app://bitacora/assets/a.js%00.html',
    'app://bitacora/assets/index.js.map',
    'app://bitacora/.built',
    'app://bitacora/%',
    'app://elsewhere/index.html',
    'https://bitacora/index.html',
    'file:///etc/passwd',
    'no address',
  ])('%s is none', (url) => expect(fileOf(url, folder)).toBeUndefined());

  test('never leaves the folder', () => {
    const part = fc.constantFrom('..', '.', '%2e%2e', '%2f', '%5c', '/', '\\', 'a', 'b.js', '.js', '%00', '//', ':');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const file = fileOf(`app://bitacora/${parts.join('/')}`, folder);
        expect(file === undefined || file.startsWith(`${folder}/`)).toBe(true);
      }),
    );
  });

  test('comes from our page only', () => {
    expect(isOurs('app://bitacora/index.html')).toBe(true);
    for (const url of ['app://bitacora.example/', 'http://bitacora/', 'app:bitacora', 'about:blank', '']) {
      expect(isOurs(url), url).toBe(false);
    }
  });
});

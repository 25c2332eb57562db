import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { placeWindow, readPlace, writePlace } from '#main/electron/window-place.ts';

const main = { x: 0, y: 25, width: 1920, height: 1055 };
const left = { x: -1280, y: 0, width: 1280, height: 1024 };
const middle = { x: 240, y: 102, width: 1440, height: 900 };

describe('the window opens', () => {
  test('where it was, also on a second screen and when it was maximised', () => {
    const saved = { bounds: { x: -1200, y: 10, width: 1000, height: 700 }, maximized: true };
    expect(placeWindow(saved, [main, left])).toEqual(saved);
  });

  test('in the middle of the main screen when its screen is gone, or it is out of reach', () => {
    for (const bounds of [
      { x: -1200, y: 10, width: 1000, height: 700 },
      { x: 1850, y: 100, width: 1000, height: 700 },
      { x: 100, y: 1070, width: 1000, height: 700 },
      { x: 100, y: -300, width: 1000, height: 700 },
      { x: 100, y: 100, width: 30, height: 30 },
    ]) {
      expect(placeWindow({ bounds, maximized: false }, [main]), JSON.stringify(bounds)).toEqual({
        bounds: middle,
        maximized: false,
      });
    }
  });

  test('no larger than a small screen', () => {
    expect(placeWindow(undefined, [{ x: 0, y: 0, width: 1024, height: 700 }]).bounds).toEqual({
      x: 0,
      y: 0,
      width: 1024,
      height: 700,
    });
  });

  test('somewhere, whatever the file holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (saved) => {
        const { bounds } = placeWindow(saved, [main]);
        expect(Object.values(bounds).every(Number.isInteger)).toBe(true);
      }),
    );
  });

  test('from what was written; a missing or broken file is none', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bitacora-place-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'window-place.json');
    expect(readPlace(file)).toBeUndefined();
    const place = { bounds: middle, maximized: false };
    writePlace(file, place);
    expect(readPlace(file)).toEqual(place);
    writeFileSync(file, '{"bounds":');
    expect(readPlace(file)).toBeUndefined();
  });
});

import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the window was: its place when it isn't maximised, in device-independent pixels. */
export interface WindowPlace {
  readonly bounds: Rectangle;
  readonly maximized: boolean;
}

export const smallestWindow = { width: 900, height: 600 } as const;
const usualWindow = { width: 1440, height: 900 } as const;
/** So much of the window's upper edge must lie on a screen for a person to get hold of it. */
const reachable = { width: 120, height: 40 } as const;

const isRectangle = (value: unknown): value is Rectangle =>
  typeof value === 'object' &&
  value !== null &&
  ['x', 'y', 'width', 'height'].every((key) => Number.isInteger((value as Record<string, unknown>)[key]));

const overlap = (a: number, aLength: number, b: number, bLength: number): number =>
  Math.min(a + aLength, b + bLength) - Math.max(a, b);

const canBeReached = ({ x, y, width }: Rectangle, screen: Rectangle): boolean =>
  overlap(x, width, screen.x, screen.width) >= reachable.width &&
  y >= screen.y - reachable.height / 2 &&
  y + reachable.height <= screen.y + screen.height;

/**
 * Where to open the window: where it was, if that place still makes sense on today's screens (work areas, the main one
 * first); otherwise in the middle of the main one. `saved` may be anything: it was read from a file.
 */
export const placeWindow = (saved: unknown, screens: readonly Rectangle[]): WindowPlace => {
  const { bounds, maximized } = (typeof saved === 'object' && saved !== null ? saved : {}) as Record<string, unknown>;
  const large = isRectangle(bounds) && bounds.width >= smallestWindow.width && bounds.height >= smallestWindow.height;
  if (large && screens.some((screen) => canBeReached(bounds, screen))) {
    return { bounds, maximized: maximized === true };
  }
  const main = screens[0] ?? { x: 0, y: 0, ...usualWindow };
  const width = Math.min(usualWindow.width, main.width);
  const height = Math.min(usualWindow.height, main.height);
  const middle = {
    x: main.x + Math.floor((main.width - width) / 2),
    y: main.y + Math.floor((main.height - height) / 2),
    width,
    height,
  };
  return { bounds: middle, maximized: maximized === true };
};

/** What the file holds; undefined when there is none, or none that can be read: the window then opens in the middle. */
export const readPlace = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Written beside and renamed: a window that is killed meanwhile leaves the old place. */
export const writePlace = (file: string, place: WindowPlace): void => {
  writeFileSync(`${file}.new`, JSON.stringify(place));
  renameSync(`${file}.new`, file);
};

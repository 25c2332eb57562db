import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import type { Session } from '#shared/contract/access.ts';
import type { EntryRow } from '#shared/contract/entry.ts';
import { openBenchEngine } from './bench-engine.ts';
import { percentile, spreadOf } from './measures.ts';
import type { BenchReport, Figure } from './report.ts';
import { serveFolder } from './served-folder.ts';
import { bytesOf, type Trail } from './trail.ts';
import { pageOf, pause, viewOf } from './views.ts';
import { installFrameWatch, type Watched } from './watch-frames.ts';

const goals = { frame: 1.3, blank: 150 } as const;
const window = { width: 1440, height: 900 } as const;
/** Pages of rows that the memory's side is made of, taken from all over the ledger. */
const pages = 10;
/** A wheel that is turned fast, and a key that is held: so many events, so many milliseconds apart. */
const wheel = { events: 240, apart: 25, pixels: 120 } as const;
const key = { events: 180, apart: 33 } as const;
/** A page that shows its rows is left alone so long, milliseconds, until what it asks beside them is here. */
const settling = 2500;
const patience = 60_000;

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const builtCommand = here('../dist/main/cli.js');

const skippedReport = (trail: Trail, skipped: string): BenchReport => ({
  bench: 'scroll',
  did: { trail: trail.name },
  figures: [],
  differences: [],
  notes: [],
  skipped,
});

/**
 * The Chromium out of an npm package that the tests of the window use. On a machine without Chromium's own libraries the
 * package brings them along, but only where it believes to run in the cloud it was made for, which this variable says.
 */
const launch = async (): Promise<Browser> => {
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs22.x';
  const { default: bundled } = await import('@sparticuz/chromium');
  return chromium.launch({ executablePath: await bundled.executablePath(), args: ['--no-sandbox', '--disable-gpu'] });
};

/** `bitacora serve` from the build. */
const startServe = async (dataFolder: string): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const child = spawn(process.execPath, [builtCommand, 'serve', '--port', '0', `--data=${dataFolder}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'close').then(([code]) => {
      throw new Error(`bitacora serve ended with ${code}`);
    }),
  ])) as [Buffer];
  const { url } = JSON.parse(String(line)) as { url: string };
  return {
    url,
    close: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
};

/** A session that the window finds, and rows from all over the ledger. */
const prepare = async (
  dataFolder: string,
): Promise<{ readonly session: Session; readonly rows: readonly EntryRow[]; readonly total: number }> => {
  const engine = await openBenchEngine(dataFolder);
  try {
    const { session, call } = await engine.signIn();
    const { count: total } = await call('log.count', { view: viewOf([]) });
    const rows: EntryRow[] = [];
    for (let part = 0; part < pages; part++) {
      rows.push(...(await pageOf(call, viewOf([]), { position: Math.floor((part * total) / pages) })).rows);
    }
    return { session, rows, total };
  } finally {
    await engine.close();
  }
};

/** Events at their times, whether the page keeps up with them or not. */
const send = async (count: number, apart: number, one: () => Promise<unknown>): Promise<void> => {
  const began = performance.now();
  const sent: Promise<unknown>[] = [];
  for (let event = 0; event < count; event++) {
    sent.push(one());
    await pause(Math.max(0, began + (event + 1) * apart - performance.now()));
  }
  await Promise.all(sent);
};

interface Scrolled {
  readonly wheel: Watched;
  readonly key: Watched;
}

const watched = async (page: Page, work: () => Promise<void>): Promise<Watched> => {
  await page.evaluate(() => globalThis.window.frameWatch.start());
  await work();
  return page.evaluate(() => globalThis.window.frameWatch.stop());
};

const scroll = async (page: Page, devTools: CDPSession): Promise<Scrolled> => {
  const row = page.locator('.ag-row').nth(3);
  const box = await row.boundingBox();
  if (!box) throw new Error('there is no row in sight');
  const [x, y] = [box.x + 200, box.y + box.height / 2];
  const byWheel = await watched(page, () =>
    send(wheel.events, wheel.apart, () =>
      devTools.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x, y, deltaX: 0, deltaY: wheel.pixels }),
    ),
  );
  await pause(settling / 2);
  await page.mouse.click(x, y);
  await pause(settling / 2);
  const pressed = { key: 'PageDown', code: 'PageDown', windowsVirtualKeyCode: 34 };
  let events = 0;
  const byKey = await watched(page, () =>
    send(key.events, key.apart, () =>
      devTools.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', autoRepeat: events++ > 0, ...pressed }),
    ),
  );
  await devTools.send('Input.dispatchKeyEvent', { type: 'keyUp', ...pressed });
  return { wheel: byWheel, key: byKey };
};

interface Side {
  readonly url: string;
  readonly session: Session | null;
}

const openSide = async (browser: Browser, { url, session }: Side): Promise<Page> => {
  const page = await browser.newPage({ locale: 'es-MX', timezoneId: 'America/Mexico_City', viewport: window });
  await page.addInitScript(installFrameWatch);
  if (session) {
    const text = JSON.stringify({ token: session.token, account: session.account });
    await page.addInitScript((stored) => sessionStorage.setItem('bitacora.session', stored), text);
  }
  await page.goto(url);
  await page.locator('.ag-row', { hasText: /\d/ }).nth(5).waitFor({ timeout: patience });
  await pause(settling);
  return page;
};

const scrollSide = async (browser: Browser, side: Side): Promise<Scrolled> => {
  const page = await openSide(browser, side);
  try {
    return await scroll(page, await page.context().newCDPSession(page));
  } finally {
    await page.close();
  }
};

const gridSize = async (browser: Browser, side: Side): Promise<{ readonly width: number; readonly height: number }> => {
  const page = await openSide(browser, side);
  const box = await page.locator('.ag-root-wrapper').boundingBox();
  await page.close();
  if (!box) throw new Error('there is no grid');
  return { width: box.width, height: box.height };
};

const p95 = ({ frames }: Watched): number => percentile(frames, 0.95);

const figuresOf = (
  what: string,
  ours: readonly Watched[],
  bare: readonly Watched[],
  mustNotBlank: boolean,
): readonly Figure[] => {
  const ratio = spreadOf(ours.map(p95)).median / spreadOf(bare.map(p95)).median;
  const blank = Math.max(...ours.map(({ longestBlank }) => longestBlank));
  const count = (watched: readonly Watched[]): number => watched.reduce((sum, { frames }) => sum + frames.length, 0);
  const plain = { ratio: null, required: null, reached: null } as const;
  return [
    {
      what: `${what}: p95 of ${count(ours)} and ${count(bare)} frames`,
      unit: 'ms',
      ours: spreadOf(ours.map(p95)),
      bare: spreadOf(bare.map(p95)),
      ratio,
      required: `≤ ${goals.frame} ×`,
      reached: ratio <= goals.frame,
    },
    {
      ...plain,
      what: `${what}: mean frame`,
      unit: 'ms',
      ours: spreadOf(ours.map(({ frames }) => frames.reduce((sum, frame) => sum + frame, 0) / frames.length)),
      bare: spreadOf(bare.map(({ frames }) => frames.reduce((sum, frame) => sum + frame, 0) / frames.length)),
    },
    {
      what: `${what}: longest time with a blank row in sight`,
      unit: 'ms',
      ours: spreadOf(ours.map(({ longestBlank }) => longestBlank)),
      bare: spreadOf(bare.map(({ longestBlank }) => longestBlank)),
      ratio: null,
      required: mustNotBlank ? `≤ ${goals.blank} ms in every round` : null,
      reached: mustNotBlank ? blank <= goals.blank : null,
    },
    {
      ...plain,
      what: `${what}: longest time that one row stayed blank`,
      unit: 'ms',
      ours: spreadOf(ours.map(({ longestBlankRow }) => longestBlankRow)),
      bare: spreadOf(bare.map(({ longestBlankRow }) => longestBlankRow)),
    },
    {
      ...plain,
      what: `${what}: different rows seen`,
      unit: 'rows',
      ours: spreadOf(ours.map(({ seen }) => seen)),
      bare: spreadOf(bare.map(({ seen }) => seen)),
    },
  ];
};

/** `scroll`: frames of the log screen over the ledger, against the same grid over rows in memory, in one Chromium. */
export const measureScroll = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  if (!existsSync(builtCommand) || !existsSync(here('../dist/renderer/index.html'))) {
    return skippedReport(trail, 'not built: npm run build');
  }
  const { dataFolder, ledgerFile, entries } = await trail.dataFolder();
  const { session, rows, total } = await prepare(dataFolder);
  const outDir = await trail.folder();
  await build({
    configFile: false,
    root: here('scroll-page'),
    base: './',
    plugins: [react()],
    logLevel: 'error',
    build: { outDir, target: 'chrome114', chunkSizeWarningLimit: 3000 },
  });
  const served = await serveFolder(outDir);
  const serve = await startServe(dataFolder);
  const browser = await launch();
  try {
    const ledger: Side = { url: serve.url, session };
    const memory: Side = { url: served.url, session: null };
    const size = await gridSize(browser, ledger);
    await writeFile(path.join(outDir, 'rows.json'), JSON.stringify({ rows, total, ...size }));
    const ours: Scrolled[] = [];
    const bare: Scrolled[] = [];
    // Once without the clock: the browser has compiled what scrolls both pages.
    for (const side of [memory, ledger]) await scrollSide(browser, side);
    for (let round = 0; round < rounds; round++) {
      if (round % 2 === 1) bare.push(await scrollSide(browser, memory));
      ours.push(await scrollSide(browser, ledger));
      if (round % 2 === 0) bare.push(await scrollSide(browser, memory));
    }
    return {
      bench: 'scroll',
      did: {
        trail: trail.name,
        rows: entries,
        ledgerBytes: bytesOf(ledgerFile),
        grid: `${Math.round(size.width)} × ${Math.round(size.height)}`,
        chromium: browser.version(),
        rounds,
      },
      figures: [
        ...figuresOf(
          'wheel',
          ours.map((one) => one.wheel),
          bare.map((one) => one.wheel),
          false,
        ),
        ...figuresOf(
          'held Page-Down',
          ours.map((one) => one.key),
          bare.map((one) => one.key),
          true,
        ),
      ],
      differences: [],
      notes: [
        `ours: the built window of \`bitacora serve\` on the whole log, newest first, with everything around the grid; bare: the product’s grid alone, as large, over ${rows.length.toLocaleString('en-US')} rows of the same ledger told over and over from memory, as many rows in all`,
        `the wheel: ${wheel.events} notches of ${wheel.pixels} pixels, ${wheel.apart} ms apart; the key: ${key.events} repeats, ${key.apart} ms apart; both at their times, whether the page keeps up or not`,
        'frames are the times from one requestAnimationFrame to the next, without a graphics processor; a row is blank when it has no text, and so is a part of the grid where there is no row',
      ],
      skipped: null,
    };
  } finally {
    await browser.close();
    await serve.close();
    served.close();
  }
};

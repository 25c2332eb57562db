import { expect, test } from 'vitest';
import { maxCaptureBytes } from '#shared/contract/capture.ts';
import { wholeLog } from '../engine/engine-kit.ts';
import { connect } from '../engine/host-caller.ts';
import { change, openCaptureSite } from './capture-kit.ts';

/** A single entry as large as is taken, nested and of many small values: the slowest to read. */
const largest = (): Uint8Array => {
  const item = '{"name":"a name","value":"some value: 12"},';
  const head = '{"event":"CREATE","extra":{"list":[';
  const items = item.repeat(Math.floor((maxCaptureBytes - 1000) / item.length)).slice(0, -1);
  return Buffer.from(`${head}${items}]}}`);
};

test('a window is answered while the largest body is read', { timeout: 120_000 }, async () => {
  const site = await openCaptureSite();
  const capture = connect(site.engine, 'window', site.captureToken);
  const store = (body: string | Uint8Array) => capture.call('capture.store', { format: 'json', body });
  expect((await store(JSON.stringify(change()))).stored).toBe(1);
  const page = { view: wholeLog(), start: { position: 0 }, limit: 10 };
  await site.admin.call('log.page', page);

  let stored = false;
  const storing = store(largest()).then((receipt) => {
    stored = true;
    return receipt;
  });
  let pages = 0;
  while (!stored) {
    expect((await site.admin.call('log.page', page)).rows.length).toBeGreaterThan(0);
    pages += 1;
  }
  expect(await storing).toMatchObject({ stored: 1, ids: [2] });
  // Read by the engine's own thread, it would let one or two through.
  expect(pages).toBeGreaterThan(20);
  // The bytes of a body went over to that thread: another body is not disturbed.
  expect((await store(JSON.stringify([change(), change()]))).stored).toBe(2);
});

import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createCaptureClient } from '#client/capture-client.ts';
import type { EndedExchange, Exchange } from '#client/exchange.ts';

const exchangeOf = (url: string): Exchange => ({
  began: 0,
  durationMs: 1,
  method: 'GET',
  url,
  status: 200,
  aborted: false,
  actor: null,
  module: null,
  address: null,
  correlationId: null,
  asked: null,
  answered: null,
});
const endedOf = (url: string, keptBytes = 0): EndedExchange & { told: number } => {
  const ended = {
    keptBytes,
    told: 0,
    tell: () => {
      ended.told += 1;
      return exchangeOf(url);
    },
  };
  return ended;
};

/** A client that reaches nobody: what it was given is to be read in its folder. */
const openClient = () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bitacora-client-'));
  const client = createCaptureClient({
    url: 'http://127.0.0.1:1',
    token: 'nobody',
    spoolFolder: folder,
    sync: false,
    thread: false,
  });
  const actions = (): string[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ndjson'))
      .sort()
      .flatMap((name) => readFileSync(path.join(folder, name), 'utf8').trimEnd().split('\n'))
      .map((line) => (JSON.parse(line) as { action: string }).action);
  return { client, actions };
};

test('exchanges that are told together are counted before, and stay in their order among entries', async () => {
  const { client, actions } = openClient();
  const wanted: string[] = [];
  for (let i = 0; i < 1500; i += 1) {
    client.recordExchange(endedOf(`/${i}`));
    wanted.push(`GET /${i}`);
    if (i % 100 !== 30) continue;
    client.record({ event: 'CREATE', action: `after ${i}` });
    wanted.push(`after ${i}`);
  }
  client.recordExchange(endedOf('/last'));
  wanted.push('GET /last');
  expect(client.status()).toMatchObject({ waitingEntries: wanted.length, dropped: 0 });
  await client.close();
  expect(actions()).toEqual(wanted);
});

test('an exchange that can’t be told is counted, and takes none of the others along', async () => {
  const { client, actions } = openClient();
  client.recordExchange(endedOf('/before'));
  client.recordExchange({
    keptBytes: 0,
    tell: () => {
      throw new Error('strange');
    },
  });
  client.recordExchange(endedOf('/after'));
  await client.flush();
  expect(client.status()).toMatchObject({ dropped: 1 });
  await client.close();
  expect(actions()).toEqual(['GET /before', 'GET /after']);
});

test('whatever is strange about an exchange, the program does not hear of it', async () => {
  const { client, actions } = openClient();
  const strange = {
    get keptBytes(): number {
      throw new Error('strange');
    },
    tell: () => exchangeOf('/strange'),
  };
  expect(() => client.recordExchange(strange)).not.toThrow();
  expect(client.status()).toMatchObject({ dropped: 1 });
  await client.close();
  expect(actions()).toEqual([]);
});

test('large bodies do not wait for others, and what finds no room is not asked', () => {
  const { client } = openClient();
  const large = endedOf('/large', 2 * 1024 * 1024);
  client.recordExchange(large);
  expect(large.told).toBe(1);
  const tooLarge = endedOf('/too-large', 40 * 1024 * 1024);
  client.recordExchange(tooLarge);
  expect(tooLarge.told).toBe(0);
  expect(client.status()).toMatchObject({ dropped: 1 });
  return client.close();
});

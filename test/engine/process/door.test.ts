import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Dispatch } from '#main/engine/dispatch.ts';
import { knockAtDoors, openDoor } from '#main/engine/process/door.ts';
import { createRpcClient, type RpcClient } from '#shared/rpc/client.ts';

const asked: string[] = [];
const dispatch: Dispatch = async (call, origin) => {
  asked.push(`${call.procedure} ${origin}`);
  if (call.procedure === 'wait') {
    call.progress({ done: 1 });
    await new Promise<void>((resolve) => call.signal.addEventListener('abort', () => resolve()));
    asked.push('wait was cancelled');
  }
  return { ok: true, value: call.input };
};

const open = async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bitacora-door-'));
  const door = await openDoor(folder, dispatch);
  onTestFinished(async () => {
    await door.close();
    await rm(folder, { recursive: true, force: true });
  });
  const note = path.join(folder, `door.${process.pid}.json`);
  return { folder, door, note };
};

const knocked = async (folder: string): Promise<RpcClient[]> => {
  const clients: RpcClient[] = [];
  for await (const port of knockAtDoors(folder)) clients.push(createRpcClient(port));
  onTestFinished(() => {
    for (const client of clients) client.close();
  });
  return clients;
};

test('who can read the folder is the shell around the engine; what is left running ends with the connection', async () => {
  const { folder, note } = await open();
  expect((await stat(note)).mode & 0o777).toBe(0o600);
  const [client] = await knocked(folder);
  // Lines that come in pieces, and whatever a text may hold.
  const text = 'línea\n\u2028😀'.repeat(20_000);
  expect(await client?.call('echo', { text })).toEqual({ text });
  expect(asked.at(-1)).toBe('echo host');
  const told = await new Promise((resolve) => {
    client?.call('wait', {}, { onProgress: resolve }).catch(() => undefined);
  });
  expect(told).toEqual({ done: 1 });
  client?.close();
  await expect.poll(() => asked.at(-1)).toBe('wait was cancelled');
});

test('nobody else is heard, and no impostor is told anything', async () => {
  const { folder, note } = await open();
  const { port, secret } = JSON.parse(await readFile(note, 'utf8')) as { port: number; secret: string };
  const before = asked.length;
  const told = await new Promise<string>((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1');
    socket.setEncoding('utf8').on('data', (some: string) => {
      heard += some;
    });
    socket.on('close', () => resolve(heard));
    socket.write(`GET /${secret} HTTP/1.1\n${JSON.stringify({ t: 'call', id: 1, procedure: 'echo', input: {} })}\n`);
  });
  expect(told).toMatch(/^[0-9a-f]{32}\n$/);
  expect(asked.length).toBe(before);
  await writeFile(note, JSON.stringify({ port, secret: secret.replaceAll(/./g, '0') }));
  expect(await knocked(folder)).toEqual([]);
  await writeFile(note, 'half a no');
  expect(await knocked(folder)).toEqual([]);
});

test('a note that a killed engine left leads nowhere, and the next one takes it away', async () => {
  const { folder, door } = await open();
  // No process has this number: it is beyond what Linux gives.
  const left = path.join(folder, 'door.99999999.json');
  await writeFile(left, JSON.stringify({ port: 1, secret: 'x' }));
  expect(await knocked(folder)).toHaveLength(1);
  await door.close();
  expect(await knocked(folder)).toEqual([]);
  const next = await openDoor(folder, dispatch);
  expect((await readdir(folder)).filter((name) => name.startsWith('door'))).toEqual([`door.${process.pid}.json`]);
  await next.close();
  expect((await readdir(folder)).filter((name) => name.startsWith('door'))).toEqual([]);
});

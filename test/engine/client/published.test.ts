import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import type { CapturedEntry } from '#client/captured-entry.ts';
import type { capturedEntrySchema } from '#shared/contract/capture.ts';
import { repository } from '../../house/sources.ts';
import { bytesUnder } from '../capture/capture-kit.ts';
import { temporaryFolder } from '../engine/engine-kit.ts';

/** Accepted only where each can stand for the other. */
type Same<One, Other> = [One, Other] extends [Other, One] ? true : false;
type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;

test('an entry is for programs what the capture route takes', () => {
  const same: Same<Writable<CapturedEntry>, Writable<z.input<typeof capturedEntrySchema>>> = true;
  expect(same).toBe(true);
});

/** A program of somebody else’s that has the package installed. */
const program = `
import express, { type Request } from 'express';
import { Kysely, SqliteDialect } from 'kysely';
import { audited, createCaptureClient, registrarActividad, trackChanges, watchExpress, withActor, type CaptureStatus } from 'bitacora/client';

const client = createCaptureClient({ url: 'http://127.0.0.1:1', token: 't', spoolFolder: process.argv[2] ?? '' });
const app = express();
app.use(watchExpress<Request>(client, { user: (request) => request.get('x-user') ?? null }));
class Ptes {
  @registrarActividad(client, { target: 'PTE', event: 'CREATE' })
  async crear(folio: string, _volumen: number): Promise<number> {
    return folio.length;
  }
}
const made: Promise<number> = withActor('ana', () => new Ptes().crear('A', 1));
const plain: (a: number) => string = audited(client, { recordId: ({ result }) => result as string })((a: number) => String(a));
interface Shop { pte: { id: number; estatus: number } }
export const track = (dialect: SqliteDialect) => trackChanges(new Kysely<Shop>({ dialect }), client, { outbox: 'o' }).db.selectFrom('pte');
await made;
plain(3);
client.record({ event: 'UPDATE', detail: 'password=hunter2hunter2' });
const status: CaptureStatus = client.status();
console.log(status.waitingEntries);
// Ends at once, without closing: what is in memory must not be lost.
process.exit(0);
`;

const killedProgram = `
import { createCaptureClient } from 'bitacora/client';
const client = createCaptureClient({ url: 'http://127.0.0.1:1', token: 't', spoolFolder: process.argv[2] });
let count = 0;
const more = (many) => { for (let i = 0; i < many; i += 1) { client.record({ event: 'CREATE', recordId: count }); count += 1; } };
more(2500);
await client.flush();
console.log(count);
setInterval(() => more(10), 1);
`;

test('the built package has its types, decorators work with them, and what is in memory outlives the program’s end', async () => {
  const built = spawnSync(process.execPath, [path.join(repository, 'scripts/build.mjs'), 'client'], {
    encoding: 'utf8',
  });
  expect(built.status, built.stderr).toBe(0);
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(repository, path.join(folder, 'node_modules/bitacora'));
  for (const name of ['express', 'kysely', '@types', 'better-sqlite3']) {
    symlinkSync(path.join(repository, 'node_modules', name), path.join(folder, 'node_modules', name));
  }
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(path.join(folder, 'program.ts'), program);
  const tsc = path.join(repository, 'node_modules/typescript/bin/tsc');
  const options = ['--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2022'];
  const compiled = spawnSync(process.execPath, [tsc, ...options, '--types', 'node', 'program.ts'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(compiled.stdout).toBe('');

  const ran = spawnSync(process.execPath, ['program.js', path.join(folder, 'spool')], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect([ran.stderr, ran.stdout.trim()]).toEqual(['', '3']);
  const spool = path.join(folder, 'spool');
  const lines = readdirSync(spool)
    .filter((name) => name.endsWith('.ndjson'))
    .flatMap((name) => readFileSync(path.join(spool, name), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as CapturedEntry);
  expect(lines).toMatchObject([
    { event: 'CREATE', action: 'crear', actor: 'ana', target: 'PTE' },
    { event: 'CALL', recordId: '3' },
    { event: 'UPDATE' },
  ]);
  expect(bytesUnder(spool).includes('hunter2')).toBe(false);

  // What `flush` has told of survives the hardest end.
  writeFileSync(path.join(folder, 'killed.js'), killedProgram);
  const killedSpool = path.join(folder, 'killed');
  const child = spawn(process.execPath, ['killed.js', killedSpool], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGKILL');
  await once(child, 'exit');
  const kept = readdirSync(killedSpool).filter((name) => name.endsWith('.ndjson'));
  const records = kept
    .flatMap((name) => readFileSync(path.join(killedSpool, name), 'utf8').trimEnd().split('\n'))
    .map((line) => (JSON.parse(line) as CapturedEntry).recordId);
  expect(said.toString().trim()).toBe('2500');
  expect(records.slice(0, 2500)).toEqual(Array.from({ length: 2500 }, (_none, i) => i));
});

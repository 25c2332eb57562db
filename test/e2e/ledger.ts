import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { freshFolder } from './open-app.ts';
import { runCommand } from './program.ts';
import { writeTrail } from './trail.ts';

export const password = 'una frase bastante larga';
export const admin = { login: 'ana.ruiz', name: 'Ana Ruiz' } as const;
export const auditor = { login: 'luis.vega', name: 'Luis Vega' } as const;

export const preparedRows = 3000;

const makeAccount = (data: string, role: string, { login, name }: { login: string; name: string }): Promise<string> =>
  runCommand(['account', 'create', login, '--role', role, '--name', name, '--data', data], password);

const prepare = async (folder: string): Promise<string> => {
  const data = path.join(folder, 'data');
  const map = path.join(folder, 'map.json');
  const file = await writeTrail(folder, 'actividad.csv', preparedRows, 7);
  await writeFile(map, JSON.stringify({ empleado: 'actorName' }));
  await runCommand(['import', file, '--map', map, '--data', data]);
  await makeAccount(data, 'admin', admin);
  await makeAccount(data, 'auditor', auditor);
  return data;
};

/**
 * A ledger with the trail and two accounts, made with the command line once for a file of tests. What comes back gives
 * each test a data folder with a copy of its own.
 */
export const prepareLedger = (): (() => Promise<string>) => {
  let folder: string;
  let data: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bitacora-e2e-'));
    data = await prepare(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return async () => {
    const copy = await freshFolder();
    await cp(data, copy, { recursive: true });
    return copy;
  };
};

/** How many entries the command line finds, reading as the window does: on Mexico City's clock, accents aside. */
export const countByCommand = async (data: string, query: string): Promise<number> => {
  const words = ['query', query, '--count', '--json', '--ignore-accents', '--zone', 'America/Mexico_City'];
  return (JSON.parse(await runCommand([...words, '--data', data])) as { count: number }).count;
};

/** The id of the first entry in an order, as the command line lists it. */
export const firstByCommand = async (data: string, query: string, sort: string): Promise<number | undefined> => {
  const words = ['query', query, `--sort=${sort}`, '--limit', '1', '--json', '--ignore-accents'];
  const { rows } = JSON.parse(await runCommand([...words, '--data', data])) as { rows: { id: number }[] };
  return rows[0]?.id;
};

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './program.ts';
import { writeTrail } from './trail.ts';

export const password = 'una frase bastante larga';
export const admin = { login: 'ana.ruiz', name: 'Ana Ruiz' } as const;
export const auditor = { login: 'luis.vega', name: 'Luis Vega' } as const;

export const preparedRows = 3000;

const makeAccount = (data: string, role: string, { login, name }: { login: string; name: string }): Promise<string> =>
  runCommand(['account', 'create', login, '--role', role, '--name', name, '--data', data], password);

/** Makes a ledger with the trail and two accounts in `data`, with the command line. */
export const makePreparedLedger = async (folder: string, data: string): Promise<void> => {
  const map = path.join(folder, 'map.json');
  const file = await writeTrail(folder, 'actividad.csv', preparedRows, 7);
  await writeFile(map, JSON.stringify({ empleado: 'actorName' }));
  await runCommand(['import', file, '--map', map, '--data', data]);
  await makeAccount(data, 'admin', admin);
  await makeAccount(data, 'auditor', auditor);
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

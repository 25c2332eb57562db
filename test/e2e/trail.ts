import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { generateTrail } from '#main/demo/generate-trail.ts';
import type { NewEntry } from '#main/store/new-entry.ts';

/** A row of the trail, by its column names; `empleado` is a name that nothing can guess. */
const columns = [
  'id',
  'fecha',
  'usuario',
  'empleado',
  'evento',
  'tabla_log',
  'nombre_modulo',
  'afectacion',
  'registro_id',
  'campo',
  'valor_anterior',
  'valor_actual',
  'detalle',
] as const;
type Column = (typeof columns)[number];
type Row = Partial<Record<Column, string | null>>;

const generatedRow = (entry: NewEntry): Row => ({
  id: entry.sourceEntryId,
  fecha: new Date(entry.occurredAt / 1000).toISOString(),
  usuario: entry.actorLogin,
  empleado: entry.actorName,
  evento: entry.event,
  tabla_log: entry.moduleNumber === null ? null : String(entry.moduleNumber),
  nombre_modulo: entry.moduleName,
  afectacion: entry.target,
  registro_id: entry.recordId,
  campo: entry.field,
  valor_anterior: entry.oldValue,
  valor_actual: entry.newValue,
  detalle: entry.detail,
});

/** The record whose life the journeys look into, and what was done to it, the newest last. */
export const watchedRecord = 'PTE-2026-9001';
const inspector: Row = {
  usuario: 'ines.prado',
  empleado: 'Inés Prado',
  tabla_log: '1',
  nombre_modulo: 'PTEs',
  afectacion: 'PTE',
  registro_id: watchedRecord,
};
const watchedLife: readonly Row[] = [
  { evento: 'CREATE', valor_actual: '{"clave":"PTE-2026-9001","volumen":120}', detalle: 'Alta' },
  { evento: 'UPDATE', campo: 'volumen', valor_anterior: '120', valor_actual: '125', detalle: 'Medición' },
  // Nobody logged how 125 became 130.
  { evento: 'UPDATE', campo: 'volumen', valor_anterior: '130', valor_actual: '140', detalle: 'Medición' },
  {
    evento: 'UPDATE',
    campo: 'observaciones',
    valor_anterior: 'Primera visita\nSello zafiro colocado\nSin novedad',
    valor_actual: 'Primera visita\nSello Zafiro retirado\nSin novedad\nFalta la firma',
    detalle: 'Corrección de la visita',
  },
  {
    evento: 'UPDATE',
    campo: 'configuracion',
    valor_anterior: '{"bomba":{"modelo":"B-12","presion":40},"turno":"A","sellos":[1,2]}',
    valor_actual: '{"bomba":{"modelo":"B-12","presion":55},"sellos":[1,2,3],"turno":"A"}',
    detalle: 'Ajuste de la bomba',
  },
];

const unreadableRows: readonly Row[] = [
  { fecha: '2026-02-31 10:00', evento: 'UPDATE', detalle: 'un día que no existe' },
  { evento: 'UPDATE', detalle: 'sin fecha' },
  { fecha: 'antier por la tarde', evento: 'UPDATE', detalle: 'una fecha que no se entiende' },
];
export const unreadableCount = unreadableRows.length;

const quoted = (text: string | null | undefined): string =>
  text === null || text === undefined ? '' : /[";\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
const line = (row: Row): string => `${columns.map((column) => quoted(row[column])).join(';')}\n`;

function* trailLines(rows: number, seed: number): Generator<string> {
  yield `${columns.join(';')}\n`;
  for (const entry of generateTrail({ rows: rows - watchedLife.length, seed })) yield line(generatedRow(entry));
  const evening = Date.UTC(2026, 5, 30, 18);
  for (const [index, row] of watchedLife.entries()) {
    const fecha = new Date(evening + index * 3_600_000).toISOString();
    yield line({ id: `vida-${seed}-${index}`, fecha, ...inspector, ...row });
  }
  for (const row of unreadableRows) yield line(row);
}

/**
 * Writes a trail of `rows` entries as a CSV file with semicolons, as the activity log exports it: working days made up
 * by the demo, the life of one watched record, and at its end a few rows that can't be read.
 */
export const writeTrail = async (folder: string, name: string, rows: number, seed: number): Promise<string> => {
  const file = path.join(folder, name);
  await pipeline(Readable.from(trailLines(rows, seed)), createWriteStream(file));
  return file;
};

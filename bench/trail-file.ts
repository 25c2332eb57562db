import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { NewEntry } from '#main/store/new-entry.ts';
import type { TakeBatch } from './trail-entries.ts';

/** An entry with the field names of an activity log; what is absent is left out. */
const lineOf = (entry: NewEntry): string =>
  JSON.stringify({
    id: entry.sourceEntryId,
    evento: entry.event,
    registro_id: entry.recordId,
    campo: entry.field,
    valor_anterior: entry.oldValue,
    valor_actual: entry.newValue,
    afectacion: entry.target,
    tabla_log: entry.moduleNumber,
    nombre_modulo: entry.moduleName,
    fecha: new Date(entry.occurredAt / 1000).toISOString(),
    usuario_id: entry.actorId,
    usuario: entry.actorLogin,
    nombre_completo: entry.actorName,
    correo: entry.actorEmail,
    detalle: entry.detail,
    accion: entry.action,
  });

/** Writes a trail as a file that another system could have written: NDJSON, packed. */
export const writeTrailFile = async (path: string, tell: (take: TakeBatch) => Promise<void>): Promise<void> => {
  const packed = createGzip({ level: 1 });
  const written = pipeline(packed, createWriteStream(path));
  await tell(async (entries) => {
    if (!packed.write(`${entries.map(lineOf).join('\n')}\n`)) await once(packed, 'drain');
  });
  packed.end();
  await written;
};

import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { generateTrail } from '#main/demo/generate-trail.ts';
import type { NewEntry } from '#main/store/new-entry.ts';

const linesAtOnce = 1000;

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

function* pieces(rows: number): Generator<string> {
  let lines: string[] = [];
  for (const entry of generateTrail({ rows, seed: 1 })) {
    lines.push(lineOf(entry));
    if (lines.length < linesAtOnce) continue;
    yield `${lines.join('\n')}\n`;
    lines = [];
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

/** Writes our own demo trail as a file that another system could have written: NDJSON, packed. */
export const writeDemoFile = (path: string, rows: number): Promise<void> =>
  pipeline(Readable.from(pieces(rows)), createGzip({ level: 1 }), createWriteStream(path));

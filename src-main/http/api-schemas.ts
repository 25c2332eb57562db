import { z } from 'zod';
import { entrySchema } from '#shared/contract/entry.ts';
import { exportColumns, exportFormats, exportOptionsSchema } from '#shared/contract/export.ts';
import { maxPageRows, totalSchema } from '#shared/contract/view.ts';

/** The parameters of `GET /api/entries`. */
export const entriesQuerySchema = z.object({
  query: z.string().max(100_000).default('').meta({ description: 'A query as in the search box.' }),
  sort: z.string().default('-occurredAt').meta({ description: 'A column; a minus before it sorts descending.' }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(maxPageRows)
    .default(100)
    .meta({ description: 'How many entries a page has at most.' }),
  after: z.string().max(200_000).optional().meta({ description: 'The `next` of the page before.' }),
  zone: z.string().max(100).default('UTC').meta({ description: 'IANA zone in which the query’s dates are read.' }),
  accents: z.enum(['ignore', 'match']).default('match').meta({ description: '`ignore` finds á when asked for a.' }),
});

export const entriesAnswerSchema = z.object({
  entries: z.array(entrySchema),
  next: z.string().nullable(),
  total: totalSchema,
});

export const entryIdSchema = z.object({ id: z.string().regex(/^\d{1,16}$/) });

/** The body of `POST /api/export`. */
export const exportBodySchema = z.object({
  query: entriesQuerySchema.shape.query,
  sort: entriesQuerySchema.shape.sort,
  zone: entriesQuerySchema.shape.zone,
  accents: entriesQuerySchema.shape.accents,
  format: z.enum(exportFormats).meta({ description: 'The kind of document.' }),
  columns: z.array(z.enum(exportColumns)).min(1).nullable().default(null).meta({ description: 'All unless told.' }),
  language: z.enum(['es', 'en']).default('en').meta({ description: 'Of headings and marks.' }),
  options: exportOptionsSchema.prefault({}),
  bundle: z.boolean().default(false).meta({
    description:
      'A ZIP with the document and, for CSV and NDJSON, its completeness sheet. Volumes come so in any case.',
  }),
});

const number = z.union([z.int(), z.string()]).nullable();

/** The parameters of `GET /api/audit_log/`. */
export const auditLogQuerySchema = z.object({
  user: z.string().max(1000).optional().meta({ description: 'Only this user: id or login.' }),
  action: z.string().max(1000).optional().meta({ description: 'Only actions with this in them, whatever the case.' }),
  model_name: z.string().max(1000).optional().meta({ description: 'Only this model; `API Request` for requests.' }),
  ordering: z.string().max(100).default('-timestamp').meta({
    description: 'One of id, timestamp, user, action, model_name, object_id, details; a minus before it descends.',
  }),
  page: z.coerce.number().int().min(1).max(1_000_000_000).default(1).meta({ description: 'Number of the page.' }),
  page_size: z.coerce.number().int().min(1).max(maxPageRows).default(50).meta({ description: 'Entries a page has.' }),
});

export const auditLogEntrySchema = z.object({
  id: z.int(),
  timestamp: z.string(),
  /** Null when nobody was signed in. */
  user: number,
  action: z.string(),
  model_name: z.string().nullable(),
  object_id: number,
  details: z.string(),
});

export const adminLogEntrySchema = auditLogEntrySchema.pick({ id: true, user: true, action: true, timestamp: true });

export const pagedSchema = (results: z.ZodType) =>
  z.object({
    count: z.int(),
    next: z.string().nullable(),
    previous: z.string().nullable(),
    results: z.array(results),
  });

const optionalText = z.string().max(10_000).default('');

/** The parameters of `GET /api/registro_actividad/datatable`. */
export const datatableQuerySchema = z.object({
  draw: z.coerce.number().int().min(0).default(1).meta({ description: 'Comes back as it is.' }),
  start: z.coerce.number().int().min(0).max(1_000_000_000).default(0).meta({ description: 'The first row, from 0.' }),
  length: z.coerce
    .number()
    .int()
    .min(-1)
    .max(maxPageRows)
    .default(10)
    .transform((length) => (length < 1 ? maxPageRows : length))
    .meta({ description: `Rows at most; -1 for as many as there can be, ${maxPageRows}.` }),
  'order[0][column]': z.coerce.number().int().min(0).default(0).meta({
    description: '0 id, 1 evento, 2 afectacion, 3 detalle, 4 fecha, 5 usuario.',
  }),
  'order[0][dir]': z.enum(['asc', 'desc']).default('desc').meta({ description: 'asc or desc.' }),
  usuario_id: optionalText.meta({ description: 'Only this user.' }),
  evento: optionalText.meta({ description: 'Only this event.' }),
  afectacion: optionalText.meta({ description: 'Only this module, by number or name.' }),
  filtro: optionalText.meta({ description: 'Only entries with this text somewhere in them.' }),
  'search[value]': optionalText.meta({ description: 'As `filtro`, from the search box of DataTables.' }),
});

export const activityRowSchema = z.object({
  id: z.int(),
  registro_id: number,
  evento: z.string().nullable(),
  campo: z.string().nullable(),
  valor_anterior: z.string().nullable(),
  valor_actual: z.string().nullable(),
  afectacion: z.string().nullable(),
  /** `2026-03-09 14:30:00`, UTC. */
  fecha: z.string(),
  usuario_id: number,
  usuario: z.string().nullable(),
  tabla_log: z.int().nullable(),
  detalle: z.string().nullable(),
});

export const datatableAnswerSchema = z.object({
  draw: z.int(),
  recordsTotal: z.int(),
  recordsFiltered: z.int(),
  data: z.array(activityRowSchema),
});

export const activityUsersSchema = z.array(z.object({ id: z.union([z.int(), z.string()]), descripcion: z.string() }));

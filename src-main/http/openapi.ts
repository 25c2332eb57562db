import { z } from 'zod';
import {
  activityUsersSchema,
  adminLogEntrySchema,
  auditLogEntrySchema,
  auditLogQuerySchema,
  datatableAnswerSchema,
  datatableQuerySchema,
  entriesAnswerSchema,
  entriesQuerySchema,
  exportBodySchema,
  pagedSchema,
} from '#main/http/api-schemas.ts';
import { capturedEntrySchema, captureReceiptSchema, maxBatchEntries } from '#shared/contract/capture.ts';
import { entrySchema } from '#shared/contract/entry.ts';
import { type ErrorCode, errorTable } from '#shared/contract/errors.ts';
import { type ProcedureSpec, procedures } from '#shared/contract/procedures.ts';

type Json = Readonly<Record<string, unknown>>;

const inputSchema = (schema: z.ZodType): Json => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
const outputSchema = (schema: z.ZodType): Json => z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'details'],
      properties: {
        code: { type: 'string', enum: Object.keys(errorTable) },
        message: { type: 'string' },
        details: { type: 'object' },
      },
    },
  },
};

const json = (schema: Json): Json => ({ 'application/json': { schema } });
const refused = (...errors: readonly ErrorCode[]): Json =>
  Object.fromEntries(
    errors.map((code) => [String(errorTable[code].status), { $ref: `#/components/responses/${code}` }]),
  );
const answers = (schema: Json, ...errors: readonly ErrorCode[]): Json => ({
  '200': { description: 'The answer.', content: json(schema) },
  ...refused(...errors),
});

const parametersOf = (schema: z.ZodObject): readonly Json[] =>
  Object.entries(schema.shape).map(([name, field]) => ({
    name,
    in: 'query',
    required: false,
    description: field.meta()?.description ?? name,
    schema: inputSchema(field),
  }));

/** The frames of a procedure's answer, one JSON object a line. */
const frameSchema = (spec: ProcedureSpec): Json => {
  const frame = (t: string, value: Json): Json => ({
    type: 'object',
    required: ['t', 'id', 'value'],
    properties: { t: { const: t }, id: { const: 1 }, value },
  });
  return {
    oneOf: [
      ...(spec.progress ? [frame('progress', outputSchema(spec.progress))] : []),
      ...(spec.event ? [frame('event', outputSchema(spec.event))] : []),
      frame('ok', outputSchema(spec.output)),
      {
        type: 'object',
        required: ['t', 'id', 'error'],
        properties: { t: { const: 'error' }, id: { const: 1 }, ...errorSchema.properties },
      },
    ],
  };
};

const rpcPaths = (): Json =>
  Object.fromEntries(
    Object.entries(procedures)
      .filter(([, spec]) => spec.access !== 'host')
      .map(([name, spec]: [string, ProcedureSpec]) => [
        `/rpc/${name}`,
        {
          post: {
            operationId: name,
            tags: ['procedures'],
            summary: spec.summary,
            description: `Kind: ${spec.kind}. Who may call: ${spec.access}.`,
            security: spec.access === 'public' ? [] : [{ session: [] }],
            requestBody: { required: true, content: json(inputSchema(spec.input)) },
            responses: {
              '200': {
                description: 'Frames, one a line: progress and events, then one `ok` or `error`.',
                content: { 'application/x-ndjson': { schema: frameSchema(spec) } },
              },
              default: { description: 'The call failed before its first frame.', content: json(errorSchema) },
            },
          },
        },
      ]),
  );

/** `POST /api/entries`. */
const capturePath = (): Json => {
  const entry = inputSchema(capturedEntrySchema);
  return {
    summary: procedures['capture.store'].summary,
    description: `One object, an array or one object a line, at most ${maxBatchEntries} entries; gzip by Content-Encoding. All of a request is stored, or nothing of it. Send it again when no answer came.`,
    security: [{ token: [] }],
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: { oneOf: [entry, { type: 'array', items: entry, maxItems: maxBatchEntries }] } },
        'application/x-ndjson': { schema: { type: 'string' } },
      },
    },
    responses: {
      '201': { description: 'The entries are on disk.', content: json(outputSchema(captureReceiptSchema)) },
      ...refused(
        'unreadable',
        'unauthenticated',
        'forbidden',
        'too_large',
        'unsupported_media',
        'invalid',
        'not_accepting',
      ),
    },
  };
};

/** The OpenAPI 3.1 description of everything that is public, made from the table of procedures and the route schemas. */
export const describeApi = (version: string): Json => ({
  openapi: '3.1.0',
  info: { title: 'Bitácora', version, description: 'Loopback only. Sign in with `POST /rpc/session.signIn`.' },
  components: {
    securitySchemes: {
      session: { type: 'http', scheme: 'bearer', description: 'The token of a session, or a read token.' },
      token: { type: 'http', scheme: 'bearer', description: 'A capture token: `bitacora token create`.' },
    },
    responses: Object.fromEntries(
      Object.entries(errorTable).map(([code, { en }]) => [code, { description: en, content: json(errorSchema) }]),
    ),
  },
  paths: {
    '/api/health': {
      get: {
        summary: 'Readiness.',
        security: [],
        responses: answers({ type: 'object', properties: { status: { const: 'ok' } } }, 'unavailable'),
      },
    },
    '/api/openapi.json': {
      get: { summary: 'This description.', security: [], responses: answers({ type: 'object' }) },
    },
    '/api/entries': {
      post: capturePath(),
      get: {
        summary: 'Entries that match a query, a page at a time.',
        security: [{ session: [] }],
        parameters: parametersOf(entriesQuerySchema),
        responses: answers(outputSchema(entriesAnswerSchema), 'query_unreadable', 'unauthenticated', 'invalid'),
      },
    },
    '/api/entries/{id}': {
      get: {
        summary: procedures['log.entry'].summary,
        security: [{ session: [] }],
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } }],
        responses: answers(outputSchema(entrySchema), 'unauthenticated', 'entry_not_found', 'invalid'),
      },
    },
    '/api/audit_log/': {
      get: {
        summary: 'The audit log, newest first, in its own shape.',
        security: [{ session: [] }],
        parameters: parametersOf(auditLogQuerySchema),
        responses: answers(outputSchema(pagedSchema(auditLogEntrySchema)), 'unauthenticated', 'not_found', 'invalid'),
      },
    },
    '/api/audit_log/{id}/': {
      get: {
        summary: 'One entry of the audit log, in its own shape.',
        security: [{ session: [] }],
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } }],
        responses: answers(outputSchema(auditLogEntrySchema), 'unauthenticated', 'entry_not_found'),
      },
    },
    '/api/admin/audit-logs/': {
      get: {
        summary: 'The audit log as its page for administrators shows it; administrators only.',
        security: [{ session: [] }],
        parameters: parametersOf(auditLogQuerySchema),
        responses: answers(outputSchema(pagedSchema(adminLogEntrySchema)), 'unauthenticated', 'forbidden', 'invalid'),
      },
    },
    '/api/registro_actividad/datatable': {
      get: {
        summary: 'The activity log for DataTables with server-side processing.',
        security: [{ session: [] }],
        parameters: parametersOf(datatableQuerySchema),
        responses: answers(outputSchema(datatableAnswerSchema), 'unauthenticated', 'invalid'),
      },
    },
    '/api/registro_actividad/usuarios': {
      get: {
        summary: 'Everybody who has done something, for the filter by user.',
        security: [{ session: [] }],
        responses: answers(outputSchema(activityUsersSchema), 'unauthenticated'),
      },
    },
    '/api/export': {
      post: {
        summary: 'The whole filtered set as a document, read back and compared before it is sent.',
        security: [{ session: [] }],
        requestBody: { required: true, content: json(inputSchema(exportBodySchema)) },
        responses: {
          ...answers({}, 'query_unreadable', 'unauthenticated', 'invalid', 'export_disk_full'),
          '200': {
            description:
              'The document; `Repr-Digest` has its SHA-256, `X-Bitacora-Rows` its number of entries. A PDF of 100,000 ' +
              'entries and more comes as `application/zip`: all its volumes and their index, which has the SHA-256 of each.',
            content: { 'application/octet-stream': {}, 'application/zip': {} },
          },
        },
      },
    },
    '/upload': {
      post: {
        summary: 'Hands over a file to import; the answer’s grant goes into `import.preview` and `import.run`.',
        security: [{ session: [] }],
        parameters: [{ name: 'name', in: 'query', required: true, schema: { type: 'string' } }],
        requestBody: { required: true, content: { 'application/octet-stream': {} } },
        responses: answers(
          outputSchema(procedures['file.grant'].output),
          'unauthenticated',
          'forbidden',
          'unsupported_media',
          'disk_full',
        ),
      },
    },
    ...rpcPaths(),
  },
});

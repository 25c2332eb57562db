import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { exportBodySchema } from '#main/http/api-schemas.ts';
import { bearerToken, closeSignal, type OneCall } from '#main/http/one-call.ts';
import type { PassingFolder } from '#main/http/passing-folder.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { ExportFormat } from '#shared/contract/export.ts';
import { parseSort } from '#shared/contract/view-text.ts';
import { parseQuery } from '#shared/query/parse.ts';

/** How long an address that fetches one document lasts, milliseconds: it is fetched at once. */
const ticketMs = 60_000;

const targetSchema = z.object({ name: z.string().min(1).max(1000) });
const ticketSchema = z.object({
  job: z.string().max(100),
  file: z.union([z.number().int().min(0), z.literal('side')]),
  /** A PDF that the browser is to show, not to save: for printing. */
  show: z.boolean().default(false),
});

const types: Readonly<Record<ExportFormat, string>> = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  pdf: 'application/pdf',
};

const parse = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = new Set(parsed.error.issues.map((issue) => issue.path.map(String).join('.') || '(query)'));
  throw new BitacoraError('invalid', { fields: [...fields].join(', ') });
};

/** RFC 6266 with the name in UTF-8 (RFC 8187), and nothing else that a header could be broken with. */
const asAttachment = (name: string): string =>
  `attachment; filename="${name.replace(/[^\x20-\x7e]|["\\%]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}`;

/** RFC 9530. */
const digestOf = (sha256: string): string => `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`;

const sendFile = async (reply: FastifyReply, file: string, type: string): Promise<FastifyReply> => {
  const { size } = await stat(file);
  return reply
    .header('Content-Disposition', asAttachment(path.basename(file)))
    .header('Content-Length', size)
    .type(type)
    .send(createReadStream(file));
};

/**
 * Documents for browsers and scripts. A browser asks for a place (`POST /downloads/target`), runs its export like any
 * window, and gets an address that fetches the finished document once (`POST /downloads/ticket`): an address ends up in
 * histories, so it must not be good for anything else. A script gets it in one request (`POST /api/export`).
 */
export const addDownloadRoutes = (app: FastifyInstance, call: OneCall, downloads: PassingFolder): void => {
  const tickets = new Map<string, { readonly file: string; readonly until: number; readonly show: boolean }>();

  app.post('/downloads/target', async (request, reply) => {
    const signal = closeSignal(reply);
    const { name } = parse(targetSchema, request.body);
    await call('session.current', {}, { session: bearerToken(request), signal });
    return call('export.grant', { path: await downloads.placeFor(name) }, { signal, origin: 'host' });
  });

  app.post('/downloads/ticket', async (request, reply) => {
    const signal = closeSignal(reply);
    const { job, file, show } = parse(ticketSchema, request.body);
    await call('session.current', {}, { session: bearerToken(request), signal });
    const { files, sideFile } = await call('export.files', { job }, { signal, origin: 'host' });
    const wanted = file === 'side' ? sideFile : files[file];
    if (wanted === null || wanted === undefined) throw new BitacoraError('not_found', { what: 'file' });
    const ticket = randomUUID();
    for (const [old, { until }] of tickets) if (until < Date.now()) tickets.delete(old);
    tickets.set(ticket, { file: wanted, until: Date.now() + ticketMs, show: show && wanted.endsWith('.pdf') });
    return { address: `/downloads/${ticket}` };
  });

  app.get<{ Params: { ticket: string } }>('/downloads/:ticket', async (request, reply) => {
    const { ticket } = request.params;
    const found = tickets.get(ticket);
    tickets.delete(ticket);
    if (!found || found.until < Date.now()) throw new BitacoraError('not_found', { what: 'ticket' });
    if (found.show) {
      return reply.header('Content-Disposition', 'inline').type(types.pdf).send(createReadStream(found.file));
    }
    return sendFile(reply, found.file, 'application/octet-stream');
  });

  app.post('/api/export', async (request, reply) => {
    const from = { session: bearerToken(request), signal: closeSignal(reply) };
    // Before anything else: who isn't signed in learns nothing, not even whether a query can be read.
    await call('session.reader', {}, from);
    const { query, sort, accents, bundle, ...asked } = parse(exportBodySchema, request.body);
    const view = {
      query: parseQuery(query),
      sort: parseSort(sort),
      reading: { zone: asked.zone, ignoreAccents: accents === 'ignore' },
      newestId: null,
      now: null,
    };
    const target = await downloads.placeFor(`bitacora.${asked.format}`);
    try {
      const { grant } = await call('export.grant', { path: target }, { ...from, origin: 'host' });
      const result = await call('export.run', { grant, request: { ...asked, view } }, from);
      reply.raw.on('close', () => void downloads.remove(target));
      void reply.header('X-Bitacora-Rows', result.rows);
      const [first, ...volumes] = result.files;
      if (volumes.length === 0 && !bundle) {
        void reply.header('Repr-Digest', digestOf(first?.sha256 ?? ''));
        return await sendFile(reply, target, types[asked.format]);
      }
      const parts = result.sideFile === null ? result.files : [...result.files, result.sideFile];
      const files = parts.map(({ name }) => path.join(path.dirname(target), name));
      const zip = path.join(path.dirname(target), 'bitacora.zip');
      const { sha256 } = await call('export.bundle', { files, target: zip }, { ...from, origin: 'host' });
      void reply.header('Repr-Digest', digestOf(sha256));
      return await sendFile(reply, zip, 'application/zip');
    } catch (error) {
      await downloads.remove(target);
      throw error;
    }
  });
};

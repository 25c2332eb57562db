import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import {
  type adminLogEntrySchema,
  type auditLogEntrySchema,
  auditLogQuerySchema,
  entryIdSchema,
} from '#main/http/api-schemas.ts';
import { bearerToken, closeSignal, type OneCall } from '#main/http/one-call.ts';
import { parseParameters } from '#main/http/parse-parameters.ts';
import { asNumber, readWholePage, withoutOwnReads } from '#main/http/whole-page.ts';
import type { Entry, Sort, SortColumn } from '#shared/contract/entry.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { Clause } from '#shared/contract/query.ts';

/** The audit log's names of what can be sorted by. */
const sortColumns: Readonly<Record<string, SortColumn>> = {
  id: 'id',
  timestamp: 'occurredAt',
  user: 'actor',
  action: 'action',
  model_name: 'target',
  object_id: 'recordId',
  details: 'detail',
};

const readOrdering = (ordering: string): Sort => {
  const descending = ordering.startsWith('-');
  const name = descending ? ordering.slice(1) : ordering;
  const column = Object.hasOwn(sortColumns, name) ? sortColumns[name] : undefined;
  if (column === undefined) {
    throw new BitacoraError('invalid', { fields: 'ordering', allowed: Object.keys(sortColumns).join(', ') });
  }
  return { column, descending };
};

/** What the middleware wrote into its details: the bodies and the status. A change without words of its own is told by its values. */
const detailsOf = ({ detail, request, status, field, oldValue, newValue }: Entry): string => {
  if (detail !== null) return detail;
  if (request !== null) {
    const { body = null, responseBody = null } = request;
    return JSON.stringify({ request: body, status, response: responseBody });
  }
  return field === null && oldValue === null && newValue === null
    ? ''
    : `${field ?? ''}: ${oldValue ?? ''} → ${newValue ?? ''}`;
};

/** An entry as the audit log has it. */
const auditLogEntry = (entry: Entry): z.output<typeof auditLogEntrySchema> => ({
  id: entry.id,
  timestamp: entry.occurredAt,
  user: asNumber(entry.actor?.id ?? entry.actor?.login ?? null),
  action: entry.action ?? entry.event ?? '',
  model_name: entry.target,
  object_id: asNumber(entry.recordId),
  details: detailsOf(entry),
});

const adminLogEntry = (entry: Entry): z.output<typeof adminLogEntrySchema> => {
  const { id, user, action, timestamp } = auditLogEntry(entry);
  return { id, user, action, timestamp };
};

const clausesOf = ({ user, action, model_name: model }: z.output<typeof auditLogQuerySchema>): Clause[] => {
  const is = (key: 'user' | 'target', text: string): Clause => ({
    kind: 'value',
    key,
    exclude: false,
    values: [{ text, prefix: false }],
  });
  const isAsked = (text: string | undefined): boolean => text !== undefined && text !== '';
  return [
    ...(isAsked(action) || isAsked(model) ? [] : [withoutOwnReads]),
    ...(user === undefined || user === '' ? [] : [is('user', user)]),
    ...(model === undefined || model === '' ? [] : [is('target', model)]),
    ...(action === undefined || action === ''
      ? []
      : [
          {
            kind: 'value' as const,
            key: 'action' as const,
            exclude: false,
            values: [{ text: action, prefix: true, part: true as const }],
          },
        ]),
  ];
};

/** The address of another page of the same question; without a number for the first, as the old routes had it. */
const pageAddress = (request: FastifyRequest, page: number): string => {
  const address = new URL(request.url, `http://${request.headers.host}`);
  if (page === 1) address.searchParams.delete('page');
  else address.searchParams.set('page', String(page));
  return address.href;
};

/** The routes of the audit log that Bitácora replaces, and of its page for administrators, from the same ledger. */
export const addAuditLogRoutes = (app: FastifyInstance, call: OneCall): void => {
  const list = async <Shape>(
    request: FastifyRequest,
    from: { readonly session: string | undefined; readonly signal: AbortSignal },
    shape: (entry: Entry) => Shape,
  ) => {
    const asked = parseParameters(auditLogQuerySchema, request.query);
    const { page, page_size: size } = asked;
    const { entries, count } = await readWholePage(call, from, {
      query: { clauses: clausesOf(asked) },
      sort: readOrdering(asked.ordering),
      position: (page - 1) * size,
      limit: size,
    });
    if (page > 1 && entries.length === 0) throw new BitacoraError('not_found', { what: `page=${page}` });
    return {
      count,
      next: page * size < count ? pageAddress(request, page + 1) : null,
      previous: page > 1 ? pageAddress(request, page - 1) : null,
      results: entries.map(shape),
    };
  };

  // With and without the slash at the end: the old addresses have it.
  for (const slash of ['', '/']) {
    app.get(`/api/audit_log${slash}`, async (request, reply) => {
      const from = { session: bearerToken(request), signal: closeSignal(reply) };
      await call('session.reader', {}, from);
      return list(request, from, auditLogEntry);
    });
    app.get(`/api/audit_log/:id${slash}`, async (request, reply) => {
      const from = { session: bearerToken(request), signal: closeSignal(reply) };
      await call('session.reader', {}, from);
      const parsed = entryIdSchema.safeParse(request.params);
      const id = parsed.success ? Number(parsed.data.id) : Number.NaN;
      if (!Number.isSafeInteger(id) || id === 0)
        throw new BitacoraError('not_found', { what: request.url.slice(0, 200) });
      return auditLogEntry(await call('log.entry', { id }, from));
    });
    app.get(`/api/admin/audit-logs${slash}`, async (request, reply) => {
      const from = { session: bearerToken(request), signal: closeSignal(reply) };
      const { role } = await call('session.current', {}, from);
      if (role !== 'admin') throw new BitacoraError('forbidden');
      return list(request, from, adminLogEntry);
    });
  }
};

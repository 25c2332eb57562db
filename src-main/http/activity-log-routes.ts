import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { type activityRowSchema, type activityUsersSchema, datatableQuerySchema } from '#main/http/api-schemas.ts';
import { bearerToken, closeSignal, type OneCall } from '#main/http/one-call.ts';
import { parseParameters } from '#main/http/parse-parameters.ts';
import { asNumber, readWholePage, withoutOwnReads } from '#main/http/whole-page.ts';
import type { Actor, Entry, SortColumn } from '#shared/contract/entry.ts';
import type { Clause } from '#shared/contract/query.ts';

/** The columns of the activity log's table by their number; any other number sorts by date, as there. */
const columns: readonly SortColumn[] = ['id', 'event', 'target', 'detail', 'occurredAt', 'actor'];

/** `2026-03-09 14:30:00`, UTC. */
const plainDate = (instant: string): string => instant.slice(0, 19).replace('T', ' ');

/** An entry with the activity log's names of its fields. */
const activityRow = (entry: Entry): z.output<typeof activityRowSchema> => ({
  id: entry.id,
  registro_id: asNumber(entry.recordId),
  evento: entry.event,
  campo: entry.field,
  valor_anterior: entry.oldValue,
  valor_actual: entry.newValue,
  afectacion: entry.target,
  fecha: plainDate(entry.occurredAt),
  usuario_id: asNumber(entry.actor?.id ?? entry.actor?.login ?? null),
  usuario: entry.actor?.login ?? entry.actor?.name ?? entry.actor?.email ?? null,
  tabla_log: entry.module?.number ?? null,
  detalle: entry.detail,
});

const clausesOf = (asked: z.output<typeof datatableQuerySchema>): Clause[] => {
  const is = (key: 'user' | 'event' | 'module', text: string): Clause[] =>
    text === '' ? [] : [{ kind: 'value', key, exclude: false, values: [{ text, prefix: false }] }];
  const words = asked.filtro === '' ? asked['search[value]'] : asked.filtro;
  return [
    ...(asked.evento === '' && asked.afectacion === '' ? [withoutOwnReads] : []),
    ...is('user', asked.usuario_id),
    ...is('event', asked.evento.trim().replace(/\s+/g, '_')),
    ...is('module', asked.afectacion),
    // The whole text as it is written, spaces too.
    ...(words === '' ? [] : [{ kind: 'word' as const, exclude: false, value: { text: words, prefix: false } }]),
  ];
};

const describeUser = ({ login, name }: Actor): string => {
  if (login === null) return name ?? '';
  return name === null ? login : `${name} (${login})`;
};

/** Everybody with what they were last called, by number. */
const activityUsers = (actors: readonly Actor[]): z.output<typeof activityUsersSchema> => {
  const users = new Map<string, z.output<typeof activityUsersSchema>[number]>();
  for (const actor of actors) {
    const key = actor.id ?? actor.login;
    const id = asNumber(key);
    if (key === null || id === null) continue;
    const descripcion = describeUser(actor);
    // An entry that only had the number says nothing new about who that is.
    if (descripcion !== '' || !users.has(key)) users.set(key, { id, descripcion });
  }
  return [...users.values()].sort((a, b) =>
    typeof a.id === 'number' && typeof b.id === 'number' ? a.id - b.id : String(a.id).localeCompare(String(b.id)),
  );
};

/** The routes of the activity log that Bitácora replaces: server-side DataTables and its list of users. */
export const addActivityLogRoutes = (app: FastifyInstance, call: OneCall): void => {
  for (const slash of ['', '/']) {
    app.get(`/api/registro_actividad/datatable${slash}`, async (request, reply) => {
      const from = { session: bearerToken(request), signal: closeSignal(reply) };
      await call('session.reader', {}, from);
      const asked = parseParameters(datatableQuerySchema, request.query);
      const clauses = clausesOf(asked);
      const column = asked['order[0][column]'];
      const { entries, count } = await readWholePage(call, from, {
        query: { clauses },
        sort: { column: columns[column] ?? 'occurredAt', descending: asked['order[0][dir]'] === 'desc' },
        position: asked.start,
        limit: asked.length,
      });
      const all =
        clauses.length === 1 && clauses[0] === withoutOwnReads
          ? count
          : (
              await readWholePage(call, from, {
                query: { clauses: [withoutOwnReads] },
                sort: { column: 'id', descending: true },
                position: 0,
                limit: 1,
              })
            ).count;
      return { draw: asked.draw, recordsTotal: all, recordsFiltered: count, data: entries.map(activityRow) };
    });
    app.get(`/api/registro_actividad/usuarios${slash}`, async (request, reply) => {
      const from = { session: bearerToken(request), signal: closeSignal(reply) };
      const { actors } = await call('log.actors', {}, from);
      return activityUsers(actors);
    });
  }
};

import texts from '#resources/demo/texts.json' with { type: 'json' };
import type { AuditedRequest } from '#shared/contract/entry.ts';
import type { Random } from './random.ts';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly body: boolean;
}

const routes: readonly [Route, ...Route[]] = [
  { method: 'POST', path: '/api/payments/create/', body: true },
  { method: 'GET', path: '/api/payments/methods/', body: false },
  { method: 'PUT', path: '/api/purchase_orders/update/', body: true },
  { method: 'GET', path: '/api/purchase_orders/', body: false },
  { method: 'POST', path: '/api/pozos/lecturas/', body: true },
  { method: 'DELETE', path: '/api/sesiones/', body: false },
];

const answers = [
  { status: 200, body: { ok: true } },
  { status: 403, body: { detail: 'Usted no tiene permiso para realizar esta acción.' } },
  { status: 500, body: { error: 'Tiempo de espera agotado al consultar la base de datos' } },
] as const;

/** How many of the bodies are long lists, and how long one can get: some tens of kB. */
const longBodies = 0.04;
const mostLines = 400;

const orderLines = (random: Random): object[] =>
  Array.from({ length: Math.min(mostLines, Math.floor(10 / random.next() ** 0.7)) }, (_, line) => ({
    partida: line + 1,
    articulo: texts.goods[random.below(texts.goods.length)] ?? '',
    cantidad: 1 + random.below(60),
    precio: (random.next() * 4000).toFixed(2),
  }));

/** A web request as an audit log's middleware records it. */
export const makeRequest = (
  random: Random,
): { readonly action: string; readonly detail: string; readonly status: number; readonly request: string } => {
  const route = random.pick(routes);
  const chance = random.next();
  const answer = chance < 0.9 ? answers[0] : chance < 0.97 ? answers[1] : answers[2];
  const body = route.body
    ? {
        orden: `OC-2026-${100 + random.below(900)}`,
        monto: (random.next() * 90_000).toFixed(2),
        moneda: 'MXN',
        ...(random.next() < longBodies && { partidas: orderLines(random) }),
      }
    : null;
  const request: AuditedRequest = {
    method: route.method,
    path: route.path,
    ...(body !== null && { body }),
    responseBody: answer.body,
    address: `10.20.${random.below(8)}.${1 + random.below(250)}`,
    durationMs: 5 + random.below(answer.status === 500 ? 30_000 : 600),
  };
  return {
    action: `${route.method} ${route.path}`,
    detail: JSON.stringify({ request: body, status: answer.status, response: answer.body }),
    status: answer.status,
    request: JSON.stringify(request),
  };
};

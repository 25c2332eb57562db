import type { NewEntry } from '#main/store/new-entry.ts';
import { newEntry, someTime } from './ledger-kit.ts';

/** A small seeded generator (mulberry32): numbers in [0, 1). */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const farAway = `${'relleno sin nada que ver '.repeat(40)}aguja en el pajar ${'y más relleno '.repeat(30)}`;

/** Few different values, so that everything meets everything; most of them are hard in some way. */
export const vocabulary = {
  events: ['CREATE', 'UPDATE', 'update', 'DELETE', 'Modificación'],
  fields: ['precio', 'Precio', 'descripción', 'descripcion', 'name'],
  targets: ['Artículo', 'Articulo', 'Cliente', 'INGREDIENTE', 'Pedido 7'],
  sources: ['erp', 'tienda'],
  values: [
    ...['Ávila', 'avila', 'AVILA', 'A\u0301vila', 'Ñandú', 'nandu', 'straße', 'STRASSE', 'ΣΊΣΥΦΟΣ', 'σίσυφος'],
    ...['数据库记录', '数', '각', '가', 'İstanbul', 'istanbul', '😀 ok', 'x', 'xy', '10', '9', '010', '1.50', 'a b  c'],
    ...['say "hi" \\ there', '50%_off', 'a\0b', '�', '\u0301', '', ' ', 'ﬁn', 'Zoë', farAway, 'null', '-5', 'κ*λ'],
  ],
  // The last two have the same `recordHash`.
  records: ['1', '2', '10', 'A-7', 'a-7', 'Á-7', '8f3c', 'PTE-76008', 'PTE-282906'],
  actions: ['GET /api/artículos', 'POST /api/clientes', 'get /api/articulos'],
  requests: [
    '{"method":"GET","path":"/api/artículos","query":"q=ñ"}',
    '{"method":"POST","path":"/x","body":{"nombre":"Zoë"}}',
  ],
  statuses: [200, 201, 404, 500],
};

/** People with some of their names missing, and two who differ only in case or accents. */
const people: readonly Partial<NewEntry>[] = [
  { actorId: '1', actorLogin: 'ana', actorName: 'Ana García', actorEmail: 'ana@example.com' },
  { actorId: '2', actorLogin: 'ANA', actorName: 'Ana Garcia' },
  { actorLogin: 'josé' },
  { actorName: 'José Núñez' },
  { actorEmail: 'x@example.com' },
  { actorId: '77' },
  {},
];

/** Modules with a number and a name, with one of them, and a bare number that is also another one's name. */
const modules: readonly Partial<NewEntry>[] = [
  { moduleNumber: 1, moduleName: 'Artículos' },
  { moduleNumber: 1 },
  { moduleNumber: 2 },
  { moduleNumber: 3, moduleName: 'Clientes' },
  { moduleName: 'clientes' },
  { moduleName: '2' },
  {},
];

/** `count` entries, the same for the same seed. Times jump about and are often equal. */
export const smallTrail = (count: number, seed: number): readonly NewEntry[] => {
  const random = seeded(seed);
  const pick = <Value>(from: readonly Value[]): Value => from[Math.floor(random() * from.length)] as Value;
  const maybe = <Value>(from: readonly Value[], chance: number): Value | null =>
    random() < chance ? pick(from) : null;
  return Array.from({ length: count }, (_, place) => {
    const minutes = Math.floor(place / 3) + (random() < 0.1 ? -Math.floor(random() * 5000) : 0);
    const micros = random() < 0.2 ? Math.floor(random() * 1_000_000) : 0;
    const oldValue = maybe(vocabulary.values, 0.5);
    return newEntry({
      ...pick(people),
      ...pick(modules),
      eventId: Buffer.from(Array.from({ length: 16 }, () => Math.floor(random() * 256))),
      occurredAt: someTime + minutes * 60_000_000 + micros,
      occurredText: random() < 0.2 ? `2026-03-0${1 + Math.floor(random() * 9)} 04:00:00 -0600` : null,
      event: maybe(vocabulary.events, 0.9),
      target: maybe(vocabulary.targets, 0.8),
      field: maybe(vocabulary.fields, 0.7),
      source: maybe(vocabulary.sources, 0.7),
      recordId: maybe(vocabulary.records, 0.8),
      oldValue,
      newValue: maybe(vocabulary.values, 0.6),
      detail: maybe(vocabulary.values, 0.3),
      action: maybe(vocabulary.actions, 0.2),
      request: maybe(vocabulary.requests, 0.2),
      status: maybe(vocabulary.statuses, 0.3),
    });
  });
};

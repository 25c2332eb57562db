import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listFacets } from '#main/query/facets.ts';
import { readRecordLife } from '#main/query/record-life.ts';
import { makeTimeline } from '#main/query/timeline.ts';
import { isBitacoraError } from '#shared/contract/errors.ts';
import { facetColumns, type Page, pageSchema, type View } from '#shared/contract/view.ts';
import { parseQuery } from '#shared/query/parse.ts';
import { isoOf, microsOf } from '#shared/text/zoned-time.ts';
import { anyView } from './any-view.ts';
import { goOn, newEntry, openReading, openWriting, someTime, temporaryFolder } from './ledger-kit.ts';
import { smallTrail } from './small-trail.ts';
import { createOracle, type Kept } from './trail-oracle.ts';

const first = 3000;
const later = 1200;
const trail: readonly Kept[] = smallTrail(first + later, 7).map((entry, place) => ({ ...entry, id: place + 1 }));

const borders = [0, 1, 31, 32, 33, 1023, 1024, 1025, 2048, first - 1, first];
const view = (newest: number): fc.Arbitrary<View> => anyView(newest, borders);

const idsOf = (page: Page): readonly number[] => page.rows.map(({ id }) => id);
/** Seeded, so that a red run is red again; other seeds are for a quiet hour. */
const runs = { numRuns: 50, seed: 20_260_301 };

describe.each(['none', 'some', 'all'] as const)('views with %s of the entries indexed', (indexed) => {
  const folder = temporaryFolder();
  let writing: ReturnType<typeof openWriting>;
  let reading: ReturnType<typeof openReading>;
  let oracle: ReturnType<typeof createOracle>;
  let newest = 0;

  beforeAll(() => {
    writing = openWriting(folder);
    writing.append(trail.slice(0, first));
    reading = openReading(folder);
    if (indexed !== 'none') reading.catchUp();
    // Views are looked at before the rest comes, so that what is kept of them is there when it does.
    reading.views.page(
      {
        query: parseQuery('avila'),
        sort: { column: 'newValue', descending: false },
        reading: { zone: 'UTC', ignoreAccents: true },
        newestId: null,
        now: null,
      },
      { position: 0 },
      10,
    );
    writing.append(trail.slice(first));
    if (indexed === 'all') reading.catchUp();
    newest = trail.length;
    oracle = createOracle(trail);
    const covered = { none: 0, some: 2048, all: 4096 }[indexed];
    expect(reading.search.through()).toBe(covered);
  });
  afterAll(() => {
    reading.close();
    writing.db.close();
  });

  const expected = (asked: View): readonly number[] =>
    oracle
      .list(asked.query, asked.sort, asked.reading, asked.newestId ?? newest, microsOf(asked.now ?? isoOf(someTime)))
      .map(({ id }) => id);

  test('by cursor from beginning to end: every match once, in order', () => {
    fc.assert(
      fc.property(view(newest), fc.integer({ min: 1, max: 1000 }), (asked, limit) => {
        const wanted = expected(asked);
        const step = Math.max(limit, Math.ceil(wanted.length / 12));
        const found: number[] = [];
        let page = reading.views.page(asked, { position: 0 }, step);
        for (;;) {
          expect(page.position).toBe(found.length);
          expect(page.newestId).toBe(asked.newestId ?? newest);
          if (page.total.exact) expect(page.total.atLeast).toBe(wanted.length);
          else expect(page.total.atLeast).toBeLessThanOrEqual(wanted.length);
          found.push(...idsOf(page));
          if (page.next === null) break;
          expect(page.rows.length).toBe(step);
          page = reading.views.page(asked, { after: page.next }, step);
        }
        expect(found).toEqual(wanted);
        expect(page.total).toEqual({ atLeast: wanted.length, exact: true });
      }),
      runs,
    );
  });

  test('from any position, id and instant', () => {
    fc.assert(
      fc.property(view(newest), fc.nat(first + later + 10), fc.integer({ min: 1, max: 50 }), (asked, place, limit) => {
        const wanted = expected(asked);
        const byPosition = reading.views.page(asked, { position: place }, limit);
        expect(idsOf(byPosition)).toEqual(wanted.slice(place, place + limit));
        expect(byPosition.next === null).toBe(place + limit >= wanted.length);

        const id = place + 1;
        const at = wanted.indexOf(id);
        if (at >= 0) {
          const byId = reading.views.page(asked, { id }, limit);
          expect(byId.position).toBe(at);
          expect(idsOf(byId)).toEqual(wanted.slice(at, at + limit));
        } else {
          let refused: unknown;
          try {
            reading.views.page(asked, { id }, limit);
          } catch (error) {
            refused = error;
          }
          expect(isBitacoraError(refused, 'entry_not_found')).toBe(true);
        }

        const instant = someTime + place * 20_000_000;
        const past = wanted.findIndex((wantedId) => {
          const time = (trail[wantedId - 1] as Kept).occurredAt;
          return asked.sort.descending ? time <= instant : time >= instant;
        });
        const byInstant = reading.views.page(asked, { instant: isoOf(instant) }, limit);
        const from = past >= 0 ? past : Math.max(0, wanted.length - 1);
        expect(idsOf(byInstant)).toEqual(wanted.slice(from, from + limit));
      }),
      runs,
    );
  });

  test('counts, and facets with the column’s own filter aside', () => {
    fc.assert(
      fc.property(view(newest), (asked) => {
        const told: number[] = [];
        const count = reading.views.count(asked, (atLeast) => told.push(atLeast));
        expect(count).toBe(expected(asked).length);
        for (const atLeast of told) expect(atLeast).toBeLessThanOrEqual(count);

        const now = microsOf(asked.now ?? isoOf(someTime));
        const frozen = asked.newestId ?? newest;
        const { facets } = listFacets(
          reading.views,
          reading.dictionaries,
          { view: asked, columns: facetColumns, limit: 1000, search: null },
          goOn,
        );
        expect(facets.map(({ column }) => column)).toEqual(facetColumns);
        for (const { column, values, distinct } of facets) {
          const wanted = oracle.facet(column, asked.query, asked.reading, frozen, now);
          expect(new Map(values.map((found) => [found.value, found.count])), column).toEqual(wanted);
          expect(distinct).toBe(wanted.size);
          const counts = values.map((found) => found.count);
          expect(counts).toEqual([...counts].sort((a, b) => b - a));
        }
      }),
      { ...runs, numRuns: 30 },
    );
  });

  test('the timeline counts every match of the other filters once, in its bar', () => {
    fc.assert(
      fc.property(view(newest), fc.integer({ min: 1, max: 200 }), (asked, bars) => {
        const { starts, end, counts } = makeTimeline(reading.views, { view: asked, bars }, goOn);
        const clauses = asked.query.clauses.filter(({ kind }) => kind !== 'time');
        const wanted = expected({ ...asked, query: { clauses } });
        if ((asked.newestId ?? newest) === 0) {
          expect(counts).toEqual([]);
          return;
        }
        expect(counts.length).toBeLessThanOrEqual(bars);
        const bounds = [...starts, end].map(microsOf);
        expect(bounds).toEqual([...new Set(bounds)].sort((a, b) => a - b));
        const naive = counts.map(() => 0);
        for (const id of wanted) {
          const time = (trail[id - 1] as Kept).occurredAt;
          const bar = bounds.findLastIndex((start) => start <= time);
          naive[bar] = (naive[bar] ?? 0) + 1;
        }
        expect(counts).toEqual(naive);
      }),
      { ...runs, numRuns: 30 },
    );
  });

  test('the life of a record, and what nobody logged in it', () => {
    const lived = fc.constantFrom(...trail.filter(({ recordId }) => recordId !== null).map(({ id }) => id));
    let broken = 0;
    fc.assert(
      fc.property(lived, fc.integer({ min: 1, max: 60 }), (id, limit) => {
        const wanted = oracle.life(id);
        const life = readRecordLife(reading.columns, reading.dictionaries, reading.reader, newest, { id, limit }, goOn);
        expect(life.total).toBe(wanted.length);
        const ids = life.steps.map(({ row }) => row.id);
        expect(ids).toContain(id);
        expect(ids.length).toBe(Math.min(limit, wanted.length));
        const from = wanted.findIndex(({ entry }) => entry.id === ids[0]);
        expect(ids).toEqual(wanted.slice(from, from + ids.length).map(({ entry }) => entry.id));
        for (const [i, { unloggedChange }] of life.steps.entries()) {
          const { entry, before } = wanted[from + i] as (typeof wanted)[number];
          const isBroken = before !== undefined && before.newValue !== entry.oldValue;
          expect(unloggedChange !== null, `entry ${entry.id}`).toBe(isBroken);
          if (unloggedChange && before) {
            broken += 1;
            expect(unloggedChange.sinceId).toBe(before.id);
            expect(microsOf(unloggedChange.since)).toBe(before.occurredAt);
          }
        }
      }),
      { ...runs, numRuns: 40 },
    );
    expect(broken).toBeGreaterThan(0);
  });

  test('a row shows what its entry holds', () => {
    const page = reading.views.page(
      {
        query: { clauses: [] },
        sort: { column: 'id', descending: false },
        reading: { zone: 'UTC', ignoreAccents: true },
        newestId: null,
        now: null,
      },
      { position: 0 },
      1000,
    );
    expect(pageSchema.parse(page)).toEqual(page);
    for (const row of page.rows) {
      const entry = trail[row.id - 1] as Kept;
      expect(microsOf(row.occurredAt)).toBe(entry.occurredAt);
      for (const column of ['event', 'recordId', 'target', 'field', 'status', 'source'] as const) {
        expect(row[column]).toBe(entry[column]);
      }
      for (const column of ['oldValue', 'newValue', 'detail', 'action'] as const) {
        const whole = entry[column];
        expect(row[column] === null).toBe(whole === null);
        if (whole !== null) expect(whole).toContain(row[column]?.text);
      }
      expect(row.actor === null ? null : [row.actor.id, row.actor.login, row.actor.name, row.actor.email]).toEqual(
        oracle.actorLabelOf(entry) === null
          ? null
          : [entry.actorId, entry.actorLogin, entry.actorName, entry.actorEmail],
      );
      expect(row.module?.number ?? null).toBe(entry.moduleNumber);
      expect(row.module?.name ?? null).toBe(oracle.moduleNameOf(entry));
      const whole = reading.reader.entry(row.id);
      expect(whole.oldValue).toBe(entry.oldValue);
      expect(whole.eventId.replaceAll('-', '')).toBe(Buffer.from(entry.eventId).toString('hex'));
    }
  });
});

test('a module’s name that is learnt later reaches those who have the ledger open', () => {
  const folder = temporaryFolder();
  const writing = openWriting(folder);
  writing.append([newEntry({ moduleNumber: 7 })]);
  const reading = openReading(folder);
  const asked: View = {
    query: parseQuery('módulo:facturas'),
    sort: { column: 'id', descending: false },
    reading: { zone: 'UTC', ignoreAccents: true },
    newestId: null,
    now: null,
  };
  expect(reading.views.page(asked, { position: 0 }, 10).rows).toEqual([]);
  writing.append([newEntry({ moduleNumber: 7, target: 'Facturas' })]);
  const page = reading.views.page(asked, { position: 0 }, 10);
  expect(page.rows.map(({ id, module }) => [id, module])).toEqual([
    [1, { number: 7, name: 'Facturas' }],
    [2, { number: 7, name: 'Facturas' }],
  ]);
  reading.close();
  writing.db.close();
});

test('a facet’s search looks into what is shown and what is written, and counts whole values', () => {
  const folder = temporaryFolder();
  const writing = openWriting(folder);
  writing.append([
    newEntry({ actorLogin: 'ana', actorName: 'Ana García' }),
    newEntry({ actorLogin: 'ana', actorName: 'Beatriz Núñez' }),
    newEntry({ actorLogin: 'luis', actorName: 'Luis' }),
    newEntry({ actorLogin: 'x1', actorName: 'Zoë' }),
  ]);
  const reading = openReading(folder);
  const view: View = {
    query: { clauses: [] },
    sort: { column: 'id', descending: false },
    reading: { zone: 'UTC', ignoreAccents: true },
    newestId: null,
    now: null,
  };
  const found = (search: string): unknown =>
    listFacets(
      reading.views,
      reading.dictionaries,
      { view, columns: ['user'], limit: 10, search },
      goOn,
    ).facets[0]?.values.map(({ value, count }) => [value, count]);
  expect(found('NUNEZ')).toEqual([['ana', 2]]);
  expect(found('X1')).toEqual([['x1', 1]]);
  expect(found('s l')).toEqual([]);
  expect(found('')).toEqual([
    ['ana', 2],
    ['luis', 1],
    ['x1', 1],
  ]);
  reading.close();
  writing.db.close();
});

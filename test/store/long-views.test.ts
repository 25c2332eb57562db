import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { estimateFacets, listFacets } from '#main/query/facets.ts';
import { estimateTimeline, makeTimeline } from '#main/query/timeline.ts';
import { chunkRows } from '#main/store/sqlite/columns/chunk.ts';
import type { Sort } from '#shared/contract/entry.ts';
import type { Page, View } from '#shared/contract/view.ts';
import { parseQuery } from '#shared/query/parse.ts';
import { isoOf, microsOf } from '#shared/text/zoned-time.ts';
import { anyView } from './any-view.ts';
import { goOn, openReading, openWriting, someTime, temporaryFolder } from './ledger-kit.ts';
import { smallTrail } from './small-trail.ts';
import { createOracle, type Kept } from './trail-oracle.ts';

/**
 * What needs more than one chunk: the first is in order of time, the second is not and is rarer in its values, the third
 * has just begun.
 */
const length = 2 * chunkRows + 3000;
const borders = [chunkRows - 1, chunkRows, chunkRows + 1, 2 * chunkRows - 31, 2 * chunkRows, 2 * chunkRows + 1000];
const trail: readonly Kept[] = smallTrail(length, 11).map((entry, place) => ({
  ...entry,
  id: place + 1,
  ...(place < chunkRows && { occurredAt: someTime + Math.floor(place / 2) * 900_000 }),
  ...(place >= chunkRows && place < 2 * chunkRows && place % 500 !== 0 && { event: 'UPDATE', status: null }),
}));
const oracle = createOracle(trail);
const folder = temporaryFolder();
let reading: ReturnType<typeof openReading>;
let close: () => void;

beforeAll(() => {
  const writing = openWriting(folder);
  writing.append(trail);
  reading = openReading(folder);
  reading.catchUp();
  close = () => {
    reading.close();
    writing.db.close();
  };
});
afterAll(() => close());

const expected = (asked: View): readonly number[] =>
  oracle
    .list(asked.query, asked.sort, asked.reading, asked.newestId ?? length, microsOf(asked.now ?? isoOf(someTime)))
    .map(({ id }) => id);
const idsOf = (page: Page): readonly number[] => page.rows.map(({ id }) => id);

test('a page anywhere of what another thread has counted, also where some of it was looked at before', () => {
  const other = reading.openViews();
  fc.assert(
    fc.property(
      anyView(length, borders),
      fc.boolean(),
      fc.array(fc.nat(999), { minLength: 1, maxLength: 3 }),
      (asked, lookedBefore, places) => {
        const wanted = expected(asked);
        if (lookedBefore) expect(idsOf(reading.views.page(asked, { position: 0 }, 20))).toEqual(wanted.slice(0, 20));
        expect(other.count(asked, () => undefined)).toBe(wanted.length);
        for (const permille of places) {
          const place = Math.floor((wanted.length * permille) / 1000);
          expect(idsOf(reading.views.page(asked, { position: place }, 20))).toEqual(wanted.slice(place, place + 20));
        }
        while (reading.views.prepare());
        const last = Math.max(0, wanted.length - 20);
        expect(idsOf(reading.views.page(asked, { position: last }, 20))).toEqual(wanted.slice(last));
      },
    ),
    { numRuns: 12 },
  );
});

test('a page anywhere, the one after it, and the place of an entry and of an instant', () => {
  fc.assert(
    fc.property(anyView(length, borders), fc.nat(999), fc.integer({ min: 1, max: 40 }), (asked, permille, limit) => {
      const wanted = expected(asked);
      const place = Math.floor((wanted.length * permille) / 1000);
      const page = reading.views.page(asked, { position: place }, limit);
      expect(idsOf(page)).toEqual(wanted.slice(place, place + limit));
      if (page.total.exact) expect(page.total.atLeast).toBe(wanted.length);
      else expect(page.total.atLeast).toBeLessThanOrEqual(wanted.length);
      if (page.next !== null) {
        const next = reading.views.page(asked, { after: page.next }, limit);
        expect(idsOf(next)).toEqual(wanted.slice(place + limit, place + 2 * limit));
      } else expect(place + limit).toBeGreaterThanOrEqual(wanted.length);
      const id = wanted[place];
      if (id !== undefined) expect(reading.views.page(asked, { id }, 1).position).toBe(place);

      const instant = someTime + permille * 50_000_000;
      const past = wanted.findIndex((wantedId) => {
        const time = (trail[wantedId - 1] as Kept).occurredAt;
        return asked.sort.descending ? time <= instant : time >= instant;
      });
      const byInstant = reading.views.page(asked, { instant: isoOf(instant) }, limit);
      expect(byInstant.position).toBe(past >= 0 ? past : Math.max(0, wanted.length - 1));
    }),
    { numRuns: 14, seed: 5 },
  );
});

test('counts, facets and the timeline; estimates are never below the truth', () => {
  fc.assert(
    fc.property(anyView(length, borders), fc.integer({ min: 1, max: 150 }), (asked, bars) => {
      const wanted = expected(asked);
      expect(reading.views.count(asked, () => undefined)).toBe(wanted.length);
      const frozen = asked.newestId ?? length;
      const now = microsOf(asked.now ?? isoOf(someTime));
      const { facets } = listFacets(
        reading.views,
        reading.dictionaries,
        { view: asked, columns: ['event', 'status'], limit: 1000, search: null },
        goOn,
      );
      for (const { column, values } of facets) {
        const counts = oracle.facet(column, asked.query, asked.reading, frozen, now);
        expect(new Map(values.map((found) => [found.value, found.count])), column).toEqual(counts);
      }
      const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
      const timeline = makeTimeline(reading.views, { view: asked, bars }, goOn);
      const clauses = asked.query.clauses.filter(({ kind }) => kind !== 'time');
      const bounds = [...timeline.starts, timeline.end].map(microsOf);
      const naive = timeline.counts.map(() => 0);
      for (const id of expected({ ...asked, query: { clauses } })) {
        const time = (trail[id - 1] as Kept).occurredAt;
        let low = 0;
        let high = bounds.length - 1;
        while (low + 1 < high) {
          const middle = (low + high) >>> 1;
          if ((bounds[middle] as number) <= time) low = middle;
          else high = middle;
        }
        naive[low] = (naive[low] ?? 0) + 1;
      }
      expect(timeline.counts).toEqual(naive);
      // So few chunks are all in the sample: rounding aside, nothing is missing in an estimate.
      const estimate = estimateTimeline(reading.views, { view: asked, bars }, goOn);
      if (estimate) expect(sum(estimate.counts)).toBeGreaterThanOrEqual(sum(naive));
      const few = estimateFacets(
        reading.views,
        reading.dictionaries,
        { view: asked, columns: ['event'], limit: 1000, search: null },
        goOn,
      );
      expect(few === null || !few.exact).toBe(true);
      for (const { value, count } of few?.facets[0]?.values ?? []) {
        const exact = facets[0]?.values.find((found) => found.value === value)?.count ?? 0;
        expect(count, value).toBeGreaterThanOrEqual(exact);
      }
    }),
    { numRuns: 5, seed: 9 },
  );
});

test.each([
  'evento:UPDATE',
  'evento:update -estado:200',
  'estado:404 evento:Modificación',
  'avila',
  'registro:a-7 evento:CREATE',
  '-usuario:ana,josé -evento:UPDATE',
])('%s in every order, from several places', (text) => {
  const asked = (sort: Sort): View => ({
    query: parseQuery(text),
    sort,
    reading: { zone: 'UTC', ignoreAccents: true },
    newestId: null,
    now: null,
  });
  for (const column of ['id', 'actor', 'status', 'occurredAt', 'newValue'] as const) {
    // The other direction is met by the views above.
    const descending = column !== 'actor';
    const view = asked({ column, descending });
    const wanted = expected(view);
    expect(wanted.length).toBeGreaterThan(0);
    for (const position of [0, 1, 500, Math.floor(wanted.length / 2), Math.max(0, wanted.length - 700)]) {
      const ids = idsOf(reading.views.page(view, { position }, 700));
      expect(ids, `${column} ${position}`).toEqual(wanted.slice(position, position + 700));
    }
  }
});

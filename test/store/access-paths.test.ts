import { afterAll, beforeAll, expect, test } from 'vitest';
import { listFacets } from '#main/query/facets.ts';
import { listById } from '#main/query/listing-by-id.ts';
import { makeTimeline } from '#main/query/timeline.ts';
import { createViewEngine, type ViewEngine } from '#main/query/view-engine.ts';
import { type Chunk, chunkRows } from '#main/store/sqlite/columns/chunk.ts';
import type { Columns } from '#main/store/sqlite/columns/columns.ts';
import { createSettledMatches } from '#main/store/sqlite/settled-matches.ts';
import type { SortColumn } from '#shared/contract/entry.ts';
import { facetColumns, type View } from '#shared/contract/view.ts';
import { parseQuery } from '#shared/query/parse.ts';
import { goOn, openReading, openWriting, type Reading, someTime, temporaryFolder } from './ledger-kit.ts';
import { smallTrail } from './small-trail.ts';

/** What each way to an answer looks at: which chunks' codes and times, how many entries, and how SQLite finds these. */
const chunks = 3;
const folder = temporaryFolder();
let reading: Reading;
let close: () => void;
let views: ViewEngine;
let codes: Set<string>;
let times: Set<number>;
let entries: number;
let looked: number;
let settled: number;

const watched = (columns: Columns): Columns => ({
  close: columns.close,
  readAhead: columns.readAhead,
  chunk: (number, newestId): Chunk => {
    const chunk = columns.chunk(number, newestId);
    return Object.create(chunk, {
      codes: {
        value: (column: Parameters<Chunk['codes']>[0]) => {
          codes.add(`${number} ${column}`);
          return chunk.codes(column);
        },
      },
      mark: {
        value: (...asked: Parameters<Chunk['mark']>) => {
          codes.add(`${number} ${asked[0]}`);
          return chunk.mark(...asked);
        },
      },
      times: {
        value: () => {
          times.add(number);
          return chunk.times();
        },
      },
    }) as Chunk;
  },
});

beforeAll(() => {
  const writing = openWriting(folder);
  const trail = smallTrail(chunkRows, 3);
  for (let chunk = 0; chunk < chunks; chunk++) {
    writing.append(
      trail.map((entry, place) => ({
        ...entry,
        eventId: Uint8Array.from(entry.eventId, (byte, i) => (i === 0 ? chunk : byte)),
        occurredAt: someTime + (chunk * chunkRows + place) * 1_000_000,
        occurredText: null,
        // One user who is in the oldest chunk only.
        actorLogin: chunk === 0 && place % 1000 === 0 ? 'zoraida' : entry.actorLogin,
        // A word of many entries that never comes with the first values of an order.
        target: `Lote ${10 + (place % 40)}`,
        detail: place % 40 >= 15 ? 'constancia de lo cambiado' : entry.detail,
        // A word of one entry in sixty-four.
        newValue: place % 64 === 7 ? 'con duda' : entry.newValue,
      })),
    );
  }
  reading = openReading(folder);
  reading.catchUp();
  close = () => {
    reading.close();
    writing.db.close();
  };
});
afterAll(() => close());

const fresh = (): void => {
  codes = new Set();
  times = new Set();
  entries = 0;
  looked = 0;
  settled = 0;
  const { db, columns, dictionaries, search, orders, reader } = reading;
  views = createViewEngine({
    db,
    columns: watched(columns),
    dictionaries,
    search: {
      ...search,
      settleChunk: (...asked) => {
        settled += 1;
        return search.settleChunk(...asked);
      },
    },
    orders,
    reader: {
      ...reader,
      searchedOf: (row) => {
        looked += 1;
        return reader.searchedOf(row);
      },
      recordOf: (row) => {
        looked += 1;
        return reader.recordOf(row);
      },
      cellsOfMany: (rows) => {
        entries += rows.length;
        return reader.cellsOfMany(rows);
      },
    },
    settledMatches: createSettledMatches(),
    shouldStop: goOn,
    clock: () => someTime,
  });
};
const view = (text: string, column: SortColumn = 'id'): View => ({
  query: parseQuery(text),
  sort: { column, descending: true },
  reading: { zone: 'UTC', ignoreAccents: true },
  newestId: null,
  now: null,
});
const page = (asked: View, position: number): number => {
  fresh();
  return views.page(asked, { position }, 100).rows.length;
};

test('a page of everything reads its entries and nothing else, wherever it is', () => {
  for (const position of [0, 100_000, 190_000]) {
    expect(page(view(''), position)).toBe(100);
    expect([codes.size, times.size, entries]).toEqual([0, 0, 100]);
  }
});

test('the first matches of a filter are looked for in the newest chunk', () => {
  fresh();
  // A page would count a ledger as short as this at once.
  const set = views.matchSet(views.freeze(view('evento:UPDATE campo:precio')));
  expect(listById(set, true, goOn).rows(0, 100).length).toBe(100);
  expect([...codes].sort()).toEqual([`${chunks - 1} event`, `${chunks - 1} field`]);
});

test('a frequent word fills its first page in any order without the index', () => {
  expect(page(view('api'), 0)).toBe(100);
  const { reads } = reading.search;
  for (const column of ['id', 'occurredAt', 'event', 'recordId', 'oldValue'] as const) {
    const before = reads();
    expect(page(view('api', column), 0), column).toBe(100);
    expect(reads(), column).toBe(before);
  }
  // What comes behind it is found through the index.
  const before = reads();
  expect(page(view('api', 'recordId'), 5000)).toBe(100);
  expect(reads()).toBeGreaterThan(before);
});

test('a word that is not so frequent fills its first page without the index once the newest entries are kept', () => {
  const { reads } = reading.search;
  const before = reads();
  expect(page(view('duda'), 0)).toBe(100);
  expect(reads()).toBeGreaterThan(before);
  expect([...reading.reader.readAhead(chunks * chunkRows)].length).toBeGreaterThan(100);
  const after = reads();
  expect(page(view('duda'), 0)).toBe(100);
  expect(page(view('DUDA'), 0)).toBe(100);
  expect(reads()).toBe(after);
});

test('where the first values of an order never come with a word, only the texts of the page’s chunk are looked at', () => {
  const asked: View = { ...view('constancia'), sort: { column: 'target', descending: false } };
  expect(page(asked, 0)).toBe(100);
  expect(settled).toBe(1);
  // A jump has to know how many there are before its place.
  expect(page(asked, 60_000)).toBe(100);
  expect(settled).toBe(chunks);
});

test('one entry of each chunk tells of a record’s entries, unless another record has its hash', () => {
  for (const column of ['id', 'occurredAt', 'event', 'recordId', 'newValue'] as const) {
    expect(page(view('registro:8f3c', column), 9000), column).toBe(100);
    expect(looked, column).toBe(chunks);
  }
  expect(page(view('registro:PTE-76008'), 9000)).toBe(100);
  expect(looked).toBeGreaterThan(9000);
});

test('a value that only one chunk has leads there', () => {
  expect(page(view('usuario:zoraida'), 0)).toBeGreaterThan(10);
  expect([...codes]).toEqual(['0 actor']);
});

test('a jump in the order of a column looks into the chunks of its place', () => {
  expect(page(view('', 'actor'), 130_000)).toBe(100);
  expect(codes.size).toBeLessThanOrEqual(2);
  expect(entries).toBe(100);
});

test('counts and facets of one column look at no entry, and neither does the timeline of a ledger in order', () => {
  fresh();
  expect(views.count(view('evento:UPDATE'), () => undefined)).toBeGreaterThan(1000);
  listFacets(views, reading.dictionaries, { view: view(''), columns: facetColumns, limit: 10, search: null }, goOn);
  makeTimeline(views, { view: view(''), bars: 90 }, goOn);
  expect([codes.size, times.size, entries]).toEqual([0, 0, 0]);
});

test('a filter by one column, sorted, counted or summed by another, looks only into the chunks of its page', () => {
  for (const [text, column] of [
    ['modulo:1', 'status'],
    ['-evento:UPDATE', 'field'],
    ['usuario:zoraida', 'target'],
  ] as const) {
    expect(page(view(text, column), 0), text).toBeGreaterThan(10);
    expect(new Set([...codes].map((code) => code.split(' ')[0])).size, `${text} by ${column}`).toBeLessThanOrEqual(1);
    fresh();
    expect(views.count(view(`${text} evento:UPDATE,CREATE`), () => undefined)).toBeGreaterThanOrEqual(0);
    const columns = facetColumns.filter((name) => name !== 'event');
    listFacets(views, reading.dictionaries, { view: view(text), columns, limit: 10, search: null }, goOn);
    expect([codes.size, times.size, entries], text).toEqual([0, 0, 0]);
  }
});

test('a period is found without looking at any entry’s time', () => {
  expect(page(view('desde:2026-03-01T20:00 hasta:2026-03-01T23:00'), 0)).toBe(100);
  expect([codes.size, times.size]).toEqual([0, 0]);
});

test('SQLite finds entries by id, and an event that is there already by its time', () => {
  const planOf = (sql: string, given: readonly unknown[]): string =>
    (reading.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...given) as { detail: string }[])
      .map(({ detail }) => detail)
      .join('; ');
  expect(planOf('SELECT old_value FROM entry WHERE id = ?', [1])).toBe(
    'SEARCH entry USING INTEGER PRIMARY KEY (rowid=?)',
  );
  expect(planOf('SELECT event FROM entry WHERE id > ? AND id <= ? ORDER BY id', [1, 2])).toBe(
    'SEARCH entry USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)',
  );
  expect(planOf('SELECT id FROM entry WHERE occurred_at = ? AND event_id = ?', [1, Buffer.alloc(16)])).toBe(
    'SEARCH entry USING COVERING INDEX entry_identity (occurred_at=? AND event_id=?)',
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packPage, unpackPage } from '#main/query/packed-page.ts';
import type { EntryRow } from '#shared/contract/entry.ts';
import type { Page } from '#shared/contract/view.ts';

// Any text that a cell may hold: half a surrogate pair and NUL included.
const anyText = fc.string({ unit: 'binary', maxLength: 12 });
const text = fc.option(anyText, { nil: null });
const excerpt = fc.option(fc.record({ text: anyText, before: fc.boolean(), after: fc.boolean() }), { nil: null });
const modules = fc.record({ number: fc.option(fc.nat(9), { nil: null }), name: text });
const actors = fc.record({ id: text, login: text, name: text, email: text });

const page = fc.tuple(fc.array(modules, { minLength: 1 }), fc.array(actors, { minLength: 1 })).chain(([some, people]) =>
  fc.record({
    rows: fc.array(
      fc.record({
        id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        occurredAt: fc.constantFrom('2026-06-30T05:05:37.203Z', '1969-12-31T23:59:59Z'),
        event: text,
        module: fc.option(fc.constantFrom(...some), { nil: null }),
        actor: fc.option(fc.constantFrom(...people), { nil: null }),
        recordId: text,
        target: text,
        field: text,
        oldValue: excerpt,
        newValue: excerpt,
        detail: excerpt,
        action: excerpt,
        status: fc.option(fc.integer(), { nil: null }),
        source: text,
      } satisfies { [Name in keyof EntryRow]: fc.Arbitrary<EntryRow[Name]> }),
      { maxLength: 30 },
    ),
    position: fc.nat(),
    newestId: fc.nat(),
    now: fc.constant('2026-06-30T05:05:37.203Z'),
    total: fc.record({ atLeast: fc.nat(), exact: fc.boolean() }),
    next: text,
  } satisfies { [Name in keyof Page]: fc.Arbitrary<Page[Name]> }),
);

test('a page comes out of its packing as it went in', () => {
  fc.assert(
    fc.property(page, (whole) => {
      expect(unpackPage(structuredClone(packPage(whole)))).toEqual(whole);
    }),
  );
});

test('who and which module stand in it once, however many rows have them', () => {
  const actor = { id: '7', login: 'daniela', name: 'Daniela Rojas', email: null };
  const row: EntryRow = {
    ...{ id: 1, occurredAt: '2026-06-30T05:05:37Z', event: null, module: null, actor, recordId: null, target: null },
    ...{ field: null, oldValue: null, newValue: null, detail: null, action: null, status: null, source: null },
  };
  const packed = packPage({
    rows: Array.from({ length: 50 }, (_, i) => ({ ...row, id: i + 1 })),
    ...{ position: 0, newestId: 50, now: row.occurredAt, total: { atLeast: 50, exact: true }, next: null },
  });
  expect(packed.rows.repeated).toEqual([null, actor]);
  expect(packed.rows.texts).not.toContain('daniela');
});

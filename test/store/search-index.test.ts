import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexFilePath, writeIndexFile } from '#main/store/sqlite/index-folder.ts';
import {
  createSearchState,
  openSearchIndex,
  searchFolder,
  segmentEnding,
} from '#main/store/sqlite/search/search-index.ts';
import { createSegmentBuilder, segmentStep } from '#main/store/sqlite/search/segment-builder.ts';
import { openSegment } from '#main/store/sqlite/search/segment-file.ts';
import { packTerm } from '#main/store/sqlite/search/terms.ts';
import { fold, foldAccents, foldCase } from '#shared/text/fold.ts';
import { goOn, temporaryFolder } from './ledger-kit.ts';

/** Text in which pieces come back: plain, accented, composed and not, CJK, Hangul, emoji, halves of pairs, NUL. */
const piece = fc.constantFrom(
  ...['a', 'b', 'ab', 'abc', 'precio', 'Precio', 'Á', 'á', 'A\u0301', 'ñ', 'ß', 'ﬁ', 'Σ', 'ς', 'İ', 'i', 'ı'],
  ...[
    '数',
    '据',
    '数据库',
    '각',
    '가',
    '\u1100\u1161',
    '😀',
    '\ud83d',
    '\ude00',
    '\0',
    '\u0001',
    '\u0001\u0001',
    ' ',
    '\u0301',
  ],
  ...['\uffff', '\u07ff', '\u0800', '\u03ff', '\u0400', '1', '10', '"', '\\'],
);
const text = fc.oneof(
  { weight: 4, arbitrary: fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);
/** What is looked for: a piece of something that may be there, short ones often. */
const term = fc.oneof(
  { weight: 4, arbitrary: fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }) },
);

const idOfLast = (last: number): Buffer => createHash('sha256').update(String(last)).digest().subarray(0, 16);

/** Both forms of each text, as the indexer does it. */
const writeSegment = (folder: string, first: number, rows: readonly (readonly string[])[]): string => {
  const builder = createSegmentBuilder();
  for (const texts of rows) {
    for (const one of texts) {
      builder.addText(foldAccents(one));
      builder.addText(foldCase(one));
    }
    builder.endRow();
  }
  const last = first + rows.length - 1;
  const file = indexFilePath(searchFolder(folder), first, last, segmentEnding);
  writeIndexFile(file, builder.finish(first, idOfLast(last)));
  return file;
};

const openIndex = (folder: string) => openSearchIndex(folder, createSearchState(), (id) => idOfLast(id), goOn);

const candidates = (index: ReturnType<typeof openIndex>, folded: string, newest: number): ReadonlySet<number> => {
  const words = new Uint32Array(Math.ceil(newest / 32));
  index.markCandidates(folded, newest, words);
  const found = new Set<number>();
  for (let row = 0; row < newest; row++) if (((words[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0) found.add(row + 1);
  return found;
};

describe('candidates', () => {
  test('take in every entry whose folded text has the folded term, over several segments and beyond them', () => {
    const row = fc.array(text, { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 40 }),
        fc.array(row, { minLength: 1, maxLength: 70 }),
        fc.array(term, { minLength: 1, maxLength: 12 }),
        fc.nat(60),
        fc.boolean(),
        (some, more, terms, cut, ignoreAccents) => {
          const folder = temporaryFolder();
          // The first segment is full to its border, as all but the last are.
          const firstRows = Array.from({ length: segmentStep }, (_, place) => some[place % some.length] ?? []);
          writeSegment(folder, 1, firstRows);
          writeSegment(folder, segmentStep + 1, more);
          const all = [...firstRows, ...more];
          const index = openIndex(folder);
          expect(index.through()).toBe(all.length);
          for (const newest of [all.length, all.length + 5, Math.max(1, all.length - cut), 33]) {
            for (const one of terms) {
              const folded = fold(one, ignoreAccents);
              if (folded === '') continue;
              const found = candidates(index, folded, newest);
              for (const [place, texts] of all.slice(0, newest).entries()) {
                const has = texts.some((candidate) => fold(candidate, ignoreAccents).includes(folded));
                if (has) expect(found.has(place + 1), `${JSON.stringify(one)} in entry ${place + 1}`).toBe(true);
              }
              for (let id = all.length + 1; id <= newest; id++) expect(found.has(id)).toBe(true);
            }
          }
          index.close();
        },
      ),
      { numRuns: 30, seed: 5 },
    );
  });

  test('are few where a term is rare, and none where it is nowhere', () => {
    const folder = temporaryFolder();
    const rows = Array.from({ length: 3000 }, (_, place) => [
      `entry number ${place} of many`,
      place === 1234 ? 'aguja' : 'paja',
    ]);
    writeSegment(folder, 1, rows);
    const index = openIndex(folder);
    expect([...candidates(index, 'aguja', 3000)]).toEqual([1235]);
    expect([...candidates(index, 'gu', 3000)]).toEqual([1235]);
    expect(candidates(index, 'aguja', 3001)).toEqual(new Set([1235, 3001]));
    expect(candidates(index, 'xyz', 3000).size).toBe(0);
    expect(candidates(index, 'q', 3000).size).toBe(0);
    expect(candidates(index, 'paja', 3000).size).toBe(2999);
    index.close();
  });
});

test('a segment of another ledger’s past is left aside by whoever only reads, and what follows it too', () => {
  const folder = temporaryFolder();
  const rows = Array.from({ length: segmentStep }, (_, place) => [`entry ${place}`]);
  writeSegment(folder, 1, rows);
  writeSegment(folder, segmentStep + 1, rows);
  const foreign = Buffer.alloc(16, 7);
  const known = (id: number): Buffer => (id === segmentStep ? foreign : idOfLast(id));
  const index = openSearchIndex(folder, createSearchState(), known, goOn);
  expect(index.through()).toBe(0);
  const second = (id: number): Buffer | null => (id === segmentStep ? idOfLast(id) : null);
  const half = openSearchIndex(folder, createSearchState(), second, goOn);
  expect(half.through()).toBe(segmentStep);
  expect(candidates(half, 'zzz', 2 * segmentStep).size).toBe(segmentStep);
  index.close();
  half.close();
});

describe('segment files', () => {
  test('hold more different terms than a sort key of 53 bits has room for', () => {
    const folder = temporaryFolder();
    const rows: string[][] = [];
    let unit = 0;
    // Ideographs in an order that does not come back: some 2,200 new runs of three a row.
    for (let row = 0; row < segmentStep; row++) {
      let made = '';
      for (let i = 0; i < 2200; i++) {
        unit = (Math.imul(unit, 1_103_515_245) + 12_345) >>> 0;
        made += String.fromCharCode(0x4e00 + ((unit >>> 11) % 20_000));
      }
      rows.push([made]);
    }
    const builder = createSegmentBuilder();
    for (const [made = ''] of rows) {
      builder.addText(made);
      builder.endRow();
    }
    const file = indexFilePath(searchFolder(folder), 1, segmentStep, segmentEnding);
    writeIndexFile(file, builder.finish(1, idOfLast(segmentStep)));
    const segment = openSegment({ path: file, first: 1, last: segmentStep }, true);
    expect(segment?.terms.length).toBeGreaterThan(2 ** 21);
    const index = openIndex(folder);
    for (const row of [0, 500, segmentStep - 1]) {
      const made = rows[row]?.[0] ?? '';
      for (const at of [0, 1000, 2190])
        expect(candidates(index, made.slice(at, at + 8), segmentStep).has(row + 1)).toBe(true);
    }
    index.close();
    segment?.close();
  });

  test('give back exactly the entries of each term, dense or sparse', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 }),
        (count, steps) => {
          const builder = createSegmentBuilder();
          for (let row = 0; row < count; row++) {
            for (const [i, step] of steps.entries()) if (row % step === 0) builder.addText(`${'abcde'[i]}zz`);
            builder.endRow();
          }
          const file = indexFilePath(temporaryFolder(), 1, count, segmentEnding);
          writeIndexFile(file, builder.finish(1, idOfLast(count)));
          const segment = openSegment({ path: file, first: 1, last: count }, true);
          expect(segment?.rows).toBe(count);
          for (const [i, step] of steps.entries()) {
            const place = segment?.find(packTerm('abcde'.charCodeAt(i), 122, 122)) ?? -1;
            const words = new Uint32Array(Math.ceil(count / 32));
            segment?.setBits(place, words);
            const found = Array.from(
              { length: count },
              (_, row) => ((words[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0,
            );
            expect(found).toEqual(Array.from({ length: count }, (_, row) => row % step === 0));
          }
          segment?.close();
        },
      ),
      { numRuns: 40, seed: 9 },
    );
  });

  test('that are cut, changed anywhere, or called otherwise are noticed', () => {
    const folder = temporaryFolder();
    const file = writeSegment(
      folder,
      1,
      Array.from({ length: 200 }, (_, place) => [`entry ${place * 7} with text`]),
    );
    const whole = readFileSync(file);
    const name = { path: file, first: 1, last: 200 };
    const sound = openSegment(name, true);
    expect(sound).not.toBe(null);
    sound?.close();
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, cut) => {
        // Twelve bytes of the header are kept for later, and the last entry's id is compared with the ledger's.
        fc.pre(cut || at < 20 || at >= 48);
        const changed = cut ? whole.subarray(0, at) : Buffer.from(whole);
        if (!cut) changed[at] = (changed[at] ?? 0) ^ flip;
        writeFileSync(file, changed);
        const opened = openSegment(name, true);
        opened?.close();
        expect(opened).toBe(null);
      }),
      { numRuns: 300, seed: 3 },
    );
    writeFileSync(file, whole);
    expect(openSegment({ path: file, first: 1, last: 201 }, false)).toBe(null);
    expect(openSegment({ path: file, first: 2, last: 201 }, false)).toBe(null);
    expect(openSegment({ path: path.join(folder, 'gone.seg'), first: 1, last: 200 }, false)).toBe(null);
  });
});

import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexFilePath, writeIndexFile } from '#main/store/sqlite/index-folder.ts';
import { emptyFrequencies, frequencyEnding } from '#main/store/sqlite/search/frequency-table.ts';
import { partEnding, searchFolder, segmentEnding } from '#main/store/sqlite/search/search-files.ts';
import { createSearchState, openSearchIndex, type SearchIndex } from '#main/store/sqlite/search/search-index.ts';
import { isoText } from '#main/store/sqlite/search/searched-texts.ts';
import { createSegmentBuilder, segmentRows, segmentStep } from '#main/store/sqlite/search/segment-builder.ts';
import { createPositionReader, openSegment } from '#main/store/sqlite/search/segment-file.ts';
import { fold } from '#shared/text/fold.ts';
import { goOn, someTime, temporaryFolder } from './ledger-kit.ts';
import { remembering } from './remembering.ts';

interface Row {
  readonly texts: readonly string[];
  readonly time: number;
}

/** Text in which pieces come back: plain, accented, composed and not, CJK, Hangul, emoji, halves of pairs, NUL. */
const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    'ab',
    'abc',
    'precio',
    'Precio',
    'Á',
    'á',
    'A\u0301',
    'ñ',
    'ß',
    'ﬁ',
    'Σ',
    'ς',
    'ΣΊΣΥΦΟΣ',
    'İ',
    'i',
    'ı',
  ],
  ...['数', '据', '数据库', '각', '가', '\u1100\u1161', '😀', '\ud83d', '\ude00', '\0', '\u0001', '\u0001\u0001', ' '],
  ...['\u0301', '\uffff', '\u07ff', '\u0800', '\u03ff', '\u0400', '\u00ff', '1', '10', '"', '\\', '2026-03', ':0', 'z'],
);
const text = fc.oneof(
  { weight: 6, arbitrary: fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);
/** What is looked for: a piece of something that may be there, short ones often, and pieces of dates. */
const term = fc.oneof(
  { weight: 6, arbitrary: fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }) },
  { weight: 2, arbitrary: fc.constantFrom('2026', '-01T10', '01 10', '10:0', '.000Z', '00', '5', '12345', '') },
);
const row: fc.Arbitrary<Row> = fc.record({
  texts: fc.array(text, { maxLength: 4 }),
  time: fc.oneof(
    { weight: 5, arbitrary: fc.nat(100_000).map((seconds) => someTime + seconds * 1_000_000) },
    { weight: 1, arbitrary: fc.nat(1_000_000).map((micros) => someTime + micros) },
    { weight: 1, arbitrary: fc.integer({ min: -8e15, max: 8e15 }) },
  ),
});

/** Says of rows whether they have the word. The same row often stands in many places. */
const containing = (word: string, ignoreAccents: boolean): ((row: Row) => boolean) => {
  const folded = fold(word, ignoreAccents);
  return remembering(({ texts, time }) => {
    const iso = isoText(time);
    return [...texts, iso, iso.replace('T', ' ')].some((one) => fold(one, ignoreAccents).includes(folded));
  });
};

const idOfLast = (last: number): Buffer => createHash('sha256').update(String(last)).digest().subarray(0, 16);

const writeSegment = (folder: string, first: number, rows: readonly Row[], ending = segmentEnding): string => {
  const builder = createSegmentBuilder();
  builder.begin(first);
  for (const { texts, time } of rows) {
    for (const one of texts) builder.addText(one);
    builder.endRow(time);
  }
  const last = first + rows.length - 1;
  const file = indexFilePath(searchFolder(folder), first, last, ending);
  writeIndexFile(file, builder.finish(idOfLast(last)));
  return file;
};

/** The table of the segment files, which follow each other from entry 1 on. */
const writeFrequencies = (folder: string, files: readonly string[]): string => {
  const table = emptyFrequencies();
  const reader = createPositionReader();
  for (const file of files) {
    const [first = 0, last = 0] = path.basename(file).split(/[-.]/).map(Number);
    const segment = openSegment({ path: file, first, last }, false, reader);
    if (!segment) throw new Error(`no segment in ${file}`);
    table.add(segment);
    segment.close();
  }
  const file = indexFilePath(searchFolder(folder), 1, table.through, frequencyEnding);
  writeIndexFile(file, table.encode(idOfLast(table.through)));
  return file;
};

const openIndex = (folder: string): SearchIndex =>
  openSearchIndex(folder, createSearchState(), (id) => idOfLast(id), goOn);

const bitmap = (): Uint32Array => new Uint32Array(segmentRows / 32);
const hasBit = (words: Uint32Array, at: number): boolean => ((words[at >>> 5] ?? 0) & (1 << (at & 31))) !== 0;
const rowsOf = (words: Uint32Array): number[] => {
  const rows: number[] = [];
  for (let at = 0; at < words.length * 32; at++) if (hasBit(words, at)) rows.push(at);
  return rows;
};
const candidates = (index: SearchIndex, folded: string, chunk: number, limit: number): readonly number[] => {
  const words = bitmap();
  index.markCandidates(folded, chunk, limit, words);
  return rowsOf(words);
};

interface Layout {
  readonly first: readonly Row[];
  readonly gap: number;
  readonly second: readonly Row[];
  readonly next: readonly Row[];
  readonly counted: boolean;
}

/** Rows that end where a segment may end. */
const wholeRows = fc
  .array(row, { minLength: 1, maxLength: 40 })
  .chain((some) =>
    fc
      .constantFrom(1, 2, 4)
      .map((steps) => Array.from({ length: steps * segmentStep }, (_, at) => some[at % some.length] as Row)),
  );

describe('against folding each text and looking', () => {
  /** A full segment, a gap or not, a short one; then one in the next chunk. */
  const layout: fc.Arbitrary<Layout> = fc.record({
    first: wholeRows,
    gap: fc.constantFrom(0, segmentStep),
    second: fc.array(row, { minLength: 1, maxLength: 70 }),
    next: fc.array(row, { minLength: 1, maxLength: 20 }),
    counted: fc.boolean(),
  });
  const write = (folder: string, { first, gap, second, next, counted }: Layout) => {
    const file = writeSegment(folder, 1, first);
    writeSegment(folder, first.length + gap + 1, second, partEnding);
    writeSegment(folder, segmentRows + 1, next);
    if (counted) writeFrequencies(folder, [file]);
    // Rows of each chunk with what is known of them; null where no segment is.
    const nowhere: null[] = Array.from({ length: gap }, () => null);
    return [[...first, ...nowhere, ...second], next] as const;
  };

  test('candidates take in every row that has the word, and exactly the rows that nothing covers', () => {
    fc.assert(
      fc.property(
        layout,
        fc.array(term, { minLength: 1, maxLength: 10 }),
        fc.nat(100),
        fc.boolean(),
        (made, terms, cut, ignoreAccents) => {
          const folder = temporaryFolder();
          const chunks = write(folder, made);
          const index = openIndex(folder);
          for (const word of terms) {
            const folded = fold(word, ignoreAccents);
            const contains = containing(word, ignoreAccents);
            for (const [chunk, rows] of chunks.entries()) {
              for (const limit of [rows.length, rows.length + 5, Math.max(1, rows.length - cut)]) {
                const found = candidates(index, folded, chunk, limit);
                const isFound = new Set(found);
                const missed: number[] = [];
                for (let at = 0; at < limit; at++) {
                  const known = rows[at];
                  if ((!known || contains(known)) && !isFound.has(at)) missed.push(at);
                }
                expect({ word, missed, beyond: found.filter((at) => at >= limit) }).toEqual({
                  word,
                  missed: [],
                  beyond: [],
                });
              }
            }
          }
          index.close();
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });

  test('settling leaves exactly the rows that have the word, up to the first that is not covered', () => {
    fc.assert(
      fc.property(
        layout,
        fc.array(term, { minLength: 1, maxLength: 10 }),
        fc.infiniteStream(fc.boolean()),
        fc.boolean(),
        (made, terms, coins, ignoreAccents) => {
          const folder = temporaryFolder();
          const chunks = write(folder, made);
          const index = openIndex(folder);
          for (const [chunk, rows] of chunks.entries()) {
            const covered = rows.includes(null as never) ? made.first.length : rows.length;
            for (const word of terms) {
              const contains = containing(word, ignoreAccents);
              const bits = bitmap();
              for (let at = 0; at < rows.length + 40; at++) {
                if (coins.next().value) bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
              }
              const before = rowsOf(bits);
              expect(index.settleChunk(chunk, word, ignoreAccents, bits)).toBe(covered);
              const wanted = before.filter((at) => {
                const known = rows[at];
                return at >= covered || (known && contains(known));
              });
              expect(rowsOf(bits), JSON.stringify(word)).toEqual(wanted);
            }
          }
          expect(index.settleChunk(7, 'a', true, bitmap())).toBe(0);
          index.close();
        },
      ),
      { numRuns: 60, seed: 6 },
    );
  });

  test('a frequency is never below the number of entries that have the word', () => {
    fc.assert(
      fc.property(
        wholeRows,
        wholeRows,
        fc.array(row, { minLength: 1, maxLength: 40 }),
        fc.array(term, { minLength: 1, maxLength: 10 }),
        fc.boolean(),
        (one, two, three, terms, ignoreAccents) => {
          const folder = temporaryFolder();
          const files = [writeSegment(folder, 1, one), writeSegment(folder, one.length + 1, two)];
          const uncounted = openIndex(folder);
          expect(uncounted.frequency('abc')).toBe(Number.POSITIVE_INFINITY);
          uncounted.close();
          writeFrequencies(folder, files);
          writeSegment(folder, one.length + two.length + 1, three, partEnding);
          const index = openIndex(folder);
          const all = [...one, ...two, ...three];
          expect(index.through()).toBe(all.length);
          for (const word of terms) {
            const has = all.filter(containing(word, ignoreAccents)).length;
            expect(index.frequency(fold(word, ignoreAccents)), JSON.stringify(word)).toBeGreaterThanOrEqual(has);
          }
          index.close();
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });
});

describe('what a search costs', () => {
  const count = 3 * 4096;
  const rowsFrom = (first: number): Row[] =>
    Array.from({ length: 4096 }, (_, at) => ({
      texts: [`entry number ${first + at} of many`, first + at === 5000 ? 'aguja' : 'paja', `precio ${at % 7}`],
      time: someTime + (first + at) * 1_000_000,
    }));
  const folder = temporaryFolder();
  const files = [1, 4097, 8193].map((first) => writeSegment(folder, first, rowsFrom(first)));
  writeFrequencies(folder, files);
  const index = openIndex(folder);
  const cost = (ask: () => unknown): number => {
    const before = index.reads();
    ask();
    return index.reads() - before;
  };

  test('opening reads nothing; the first question reads a head for each segment and the frequencies', () => {
    expect(index.through()).toBe(count);
    expect(index.reads()).toBe(0);
    expect(cost(() => candidates(index, 'paja', 0, count))).toBeGreaterThan(0);
  });

  test('a word that is nowhere reads nothing, a rare one little more than its own', () => {
    expect(candidates(index, 'xyzxyz', 0, count)).toEqual([]);
    expect(cost(() => candidates(index, 'xyzxyz', 0, count))).toBe(0);
    expect(index.frequency('xyzxyz')).toBe(0);
    expect(candidates(index, 'aguja', 0, count)).toEqual([4999]);
    expect(index.frequency('aguja')).toBe(1);
    // A look at its piece in each segment, and a second where it is: there three terms, a set of texts, and a set of rows
    // with its place.
    expect(cost(() => candidates(index, 'aguja', 0, count))).toBeLessThanOrEqual(3 + 1 + 3 + 1 + 2);
    // Its terms are in texts of each segment, but no text of any has it.
    expect(candidates(index, 'precio 11', 0, count)).toEqual([]);
    // Four pieces of two bits each, and no term.
    expect(cost(() => candidates(index, 'precio 11', 0, count))).toBeLessThanOrEqual(3 * 4 * 2);
    expect(candidates(index, 'gu', 0, count)).toEqual([4999]);
    expect(candidates(index, 'paja', 0, count + 1)).toHaveLength(count);
    expect(candidates(index, 'q', 0, count)).toEqual([]);
  });

  test('a number that no date here can have does not look at the times', () => {
    expect(cost(() => candidates(index, '-99-', 0, count))).toBe(0);
    expect(candidates(index, '-03-', 0, count)).toHaveLength(count);
    expect(candidates(index, '2026-03-01t10:00:05', 0, count)).toEqual([4]);
  });

  test('settling leaves texts packed where no row is asked about', () => {
    const few = bitmap();
    few[0] = 2;
    const all = bitmap().fill(0xffffffff);
    const settleFew = cost(() => index.settleChunk(0, 'precio', true, few));
    const settleAll = cost(() => index.settleChunk(0, 'precio', true, all));
    expect(rowsOf(few)).toEqual([1]);
    expect(settleFew * 2).toBeLessThan(settleAll);
    // Nothing is asked at all.
    expect(cost(() => index.settleChunk(0, 'precio', true, bitmap()))).toBe(0);
  });
});

test('a stop is heeded while a chunk is settled, and leaves its rows as they were', () => {
  const folder = temporaryFolder();
  // Long texts, none like another, so that there are several blocks.
  const rows = Array.from({ length: segmentStep * 20 }, (_, at) => ({
    texts: [`${'palabra '.repeat(200)}${at}`],
    time: someTime,
  }));
  writeSegment(folder, 1, rows);
  let asked = 0;
  const index = openSearchIndex(
    folder,
    createSearchState(),
    (id) => idOfLast(id),
    () => ++asked > 3,
  );
  const bits = bitmap().fill(0xffffffff);
  expect(() => index.settleChunk(0, 'palabra', true, bits)).toThrow('cancelled');
  expect(bits.every((word) => word === 0xffffffff)).toBe(true);
  index.close();
});

describe('segments that are not what they should be', () => {
  const rows: Row[] = Array.from({ length: segmentStep }, (_, at) => ({ texts: [`entry ${at}`], time: someTime }));
  const all = Array.from({ length: segmentStep }, (_, at) => at);

  test('one of another ledger’s past counts as not there; those beside it stay', () => {
    const folder = temporaryFolder();
    writeSegment(folder, 1, rows);
    writeSegment(folder, segmentStep + 1, rows);
    const foreign = Buffer.alloc(16, 7);
    const known = (id: number): Buffer => (id === segmentStep ? foreign : idOfLast(id));
    const index = openSearchIndex(folder, createSearchState(), known, goOn);
    expect(candidates(index, 'zzz', 0, 2 * segmentStep)).toEqual(all);
    expect(index.settleChunk(0, 'zzz', true, bitmap())).toBe(0);
    expect(index.through()).toBe(0);
    const gone = (id: number): Buffer | null => (id === segmentStep ? idOfLast(id) : null);
    const half = openSearchIndex(folder, createSearchState(), gone, goOn);
    expect(candidates(half, 'zzz', 0, 2 * segmentStep)).toEqual(all.map((at) => at + segmentStep));
    expect(half.through()).toBe(segmentStep);
    index.close();
    half.close();
  });

  test('one that reaches over the end of a chunk, or begins between two words of bits, is not looked at', () => {
    const folder = temporaryFolder();
    writeSegment(folder, segmentRows - segmentStep + 1, [...rows, ...rows]);
    writeSegment(folder, 5, rows);
    const index = openIndex(folder);
    expect(candidates(index, 'zzz', 0, segmentRows)).toHaveLength(segmentRows);
    expect(index.through()).toBe(0);
    index.close();
  });

  test('a table of frequencies that is damaged, foreign, cut or gone says nothing, and candidates stay right', () => {
    const folder = temporaryFolder();
    const file = writeFrequencies(folder, [writeSegment(folder, 1, rows)]);
    const whole = readFileSync(file);
    const damages = [
      Buffer.from(whole).fill(whole[40_000] === 0 ? 1 : 0, 40_000, 40_001),
      Buffer.from(whole).fill(9, 16, 32),
      whole.subarray(0, whole.length - 1),
      whole.subarray(0, 20),
      Buffer.alloc(0),
      null,
    ];
    for (const damage of damages) {
      if (damage) writeFileSync(file, damage);
      else rmSync(file);
      const index = openIndex(folder);
      expect(index.frequency('entry')).toBe(Number.POSITIVE_INFINITY);
      expect(candidates(index, 'entry', 0, segmentStep)).toEqual(all);
      expect(candidates(index, 'nowhere', 0, segmentStep)).toEqual([]);
      index.close();
    }
  });

  test('a damaged block of texts: what it would settle is left to whoever reads the entries', () => {
    const folder = temporaryFolder();
    const file = writeSegment(folder, 1, rows);
    const changed = readFileSync(file);
    // The longer pieces of the texts stand behind the last block.
    const at = changed.length - changed.readUInt32LE(80) - 7;
    changed[at] = (changed[at] ?? 0) ^ 0x55;
    writeFileSync(file, changed);
    const index = openIndex(folder);
    const bits = bitmap();
    bits[0] = 0xffffffff;
    expect(index.settleChunk(0, 'entry 1', true, bits)).toBe(0);
    expect(rowsOf(bits)).toEqual(all);
    expect(candidates(index, 'entry 1', 0, segmentStep)).toEqual(all);
    expect(index.through()).toBe(0);
    index.close();
  });

  test('files that are cut, changed anywhere, or called otherwise are noticed', () => {
    const folder = temporaryFolder();
    const reader = createPositionReader();
    const long = Array.from({ length: 200 }, (_, at) => ({
      texts: [`éntry ${at * 7} with text`],
      time: someTime + at,
    }));
    const file = writeSegment(folder, 1, long);
    const whole = readFileSync(file);
    const name = { path: file, first: 1, last: 200 };
    const sound = openSegment(name, true, reader);
    expect(sound).not.toBe(null);
    sound?.close();
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, cut) => {
        const changed = cut ? whole.subarray(0, at) : Buffer.from(whole);
        if (!cut) changed[at] = (changed[at] ?? 0) ^ flip;
        writeFileSync(file, changed);
        const opened = openSegment(name, true, reader);
        opened?.close();
        expect(opened).toBe(null);
        // A cut one, and one with a damaged head, are noticed without reading all of it.
        const quickly = openSegment(name, false, reader);
        quickly?.close();
        if (cut || at < 96) expect(quickly).toBe(null);
      }),
      { numRuns: 300, seed: 3 },
    );
    writeFileSync(file, whole);
    expect(openSegment({ path: file, first: 1, last: 201 }, false, reader)).toBe(null);
    expect(openSegment({ path: file, first: 2, last: 201 }, false, reader)).toBe(null);
    expect(openSegment({ path: path.join(folder, 'gone.seg'), first: 1, last: 200 }, false, reader)).toBe(null);
  });
});

test('a segment holds more different terms than its tables begin with, and closes when it has too many', () => {
  const folder = temporaryFolder();
  const builder = createSegmentBuilder();
  const rows: string[] = [];
  let unit = 0;
  // Ideographs in an order that does not come back: some 2,200 new runs of three a row.
  while (!builder.full()) {
    let made = '';
    for (let i = 0; i < 2200; i++) {
      unit = (Math.imul(unit, 1_103_515_245) + 12_345) >>> 0;
      made += String.fromCharCode(0x4e00 + ((unit >>> 11) % 20_000));
    }
    rows.push(made);
    builder.addText(made);
    builder.endRow(someTime);
  }
  expect(rows.length).toBeLessThan(1000);
  const file = indexFilePath(searchFolder(folder), 1, rows.length, segmentEnding);
  writeIndexFile(file, builder.finish(idOfLast(rows.length)));
  const index = openIndex(folder);
  for (const at of [0, 200, rows.length - 1]) {
    for (const start of [0, 1000, 2190]) {
      expect(candidates(index, rows[at]?.slice(start, start + 8) ?? '', 0, rows.length)).toContain(at);
    }
  }
  index.close();
});

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewEntry } from '#main/store/new-entry.ts';
import { openReader, type SqliteDatabase } from '#main/store/sqlite/database.ts';
import { eventIdAt } from '#main/store/sqlite/index-folder.ts';
import { createSearchState, openSearchIndex, type SearchIndex } from '#main/store/sqlite/search/search-index.ts';
import { createSearchUpkeep, type SearchUpkeep } from '#main/store/sqlite/search/search-upkeep.ts';
import { someSearchedText } from '#main/store/sqlite/search/searched-texts.ts';
import { segmentRows } from '#main/store/sqlite/search/segment-builder.ts';
import { fold } from '#shared/text/fold.ts';
import { goOn, openWriting, temporaryFolder } from './ledger-kit.ts';
import { remembering } from './remembering.ts';
import { seeded, smallTrail } from './small-trail.ts';

const count = segmentRows + 12_000;
/** Entries that the index covers when nothing is left to do: all but less than a short segment. */
const covered = segmentRows + 11 * 1024;
const words = [
  'aguja',
  'Ávila',
  'avila',
  'ñ',
  '数据',
  'GET /api',
  'Σίσυφος',
  'nowhere',
  '2026-03-0',
  '10:05',
  '😀',
  '9',
];

describe('a chunk and what follows it', () => {
  const ledger = temporaryFolder();
  const folder = temporaryFolder();
  const search = path.join(folder, 'search');
  const trail = smallTrail(count, 41);
  let db: SqliteDatabase;
  let close: () => void;

  const open = (state = createSearchState(), shouldStop = goOn): SearchUpkeep =>
    createSearchUpkeep(db, folder, state, shouldStop);
  const catchUp = (upkeep: SearchUpkeep): void => {
    while (upkeep.step(count, 'quiet'));
  };
  const reader = (state = createSearchState()): SearchIndex =>
    openSearchIndex(folder, state, (id) => eventIdAt(db, id), goOn);
  const names = (): string[] => readdirSync(search).sort();

  /** For each entry 1 where one of its texts has the word, folded like it. */
  const looked = [true, false].map((ignoreAccents) =>
    remembering((word: string) => {
      const wanted = fold(word, ignoreAccents);
      const has = remembering((text: string) => fold(text, ignoreAccents).includes(wanted));
      return Uint8Array.from(trail, (entry) => Number(someSearchedText(entry, has)));
    }),
  );
  const rowsWith = (word: string, ignoreAccents: boolean): Uint8Array =>
    looked[ignoreAccents ? 0 : 1]?.(word) ?? new Uint8Array();

  /** Candidates and settled rows against looking into every entry. */
  const expectRight = (index: SearchIndex, settledThrough: number | null, some = words): void => {
    for (const word of some) {
      for (const ignoreAccents of [true, false]) {
        const right = rowsWith(word, ignoreAccents);
        let missed = 0;
        let wrong = 0;
        let through = 0;
        for (let chunk = 0; chunk * segmentRows < count; chunk++) {
          const start = chunk * segmentRows;
          const limit = Math.min(segmentRows, count - start);
          const bits = new Uint32Array(segmentRows / 32);
          index.markCandidates(fold(word, ignoreAccents), chunk, limit, bits);
          const settled = index.settleChunk(chunk, word, ignoreAccents, bits);
          if (through === start) through += settled;
          for (let at = 0; at < limit; at++) {
            const set = ((bits[at >>> 5] ?? 0) & (1 << (at & 31))) !== 0;
            if (!set && right[start + at] === 1) missed += 1;
            if (set && at < settled && right[start + at] === 0) wrong += 1;
          }
        }
        expect({ word, missed, wrong, through }).toEqual({
          word,
          missed: 0,
          wrong: 0,
          through: settledThrough ?? through,
        });
        const indexed = index.through();
        const inCovered = right.subarray(0, indexed).reduce((sum, has) => sum + has, 0);
        expect(index.frequency(fold(word, ignoreAccents)), word).toBeGreaterThanOrEqual(inCovered);
      }
    }
  };

  beforeAll(() => {
    const writing = openWriting(ledger);
    writing.append(trail);
    db = openReader(writing.file, 'in turn');
    close = () => {
      db.close();
      writing.db.close();
    };
    catchUp(open());
  });
  afterAll(() => close());

  test('become a full segment, the frequencies, and one short segment that stays within its chunk', () => {
    expect(names()).toEqual([
      `0000000001-00000${segmentRows}.freq`,
      `0000000001-00000${segmentRows}.seg`,
      `00000${segmentRows + 1}-00000${covered}.part`,
    ]);
    const index = reader();
    expect(index.through()).toBe(covered);
    expectRight(index, covered);
    expect(index.frequency('nowhere at all')).toBe(0);
    index.close();
  });

  test('damage to any file: right answers before, and sound files after a while', () => {
    const sound = names().map((name) => [path.join(search, name), readFileSync(path.join(search, name))] as const);
    const damages: readonly ((whole: Buffer) => Buffer | null)[] = [
      (whole) => whole.subarray(0, whole.length - 1),
      (whole) => whole.subarray(0, 30),
      () => Buffer.alloc(0),
      // Another magic number, as an older form of the file has.
      (whole) => Buffer.from(whole).fill(0x31, 3, 4),
      // The event id of another ledger's entry, with sums that fit, is in search-index.test.ts.
      (whole) => Buffer.from(whole).fill((whole[70] ?? 0) ^ 1, 70, 71),
      (whole) => Buffer.from(whole).fill((whole.at(-7) ?? 0) ^ 0x55, whole.length - 7, whole.length - 6),
      () => null,
    ];
    for (const [file] of sound) {
      for (const damage of damages) {
        const whole = readFileSync(file);
        const damaged = damage(whole);
        if (damaged) writeFileSync(file, damaged);
        else rmSync(file);
        const index = reader();
        const settled = file.endsWith('.seg') ? 0 : file.endsWith('.part') ? segmentRows : covered;
        // A changed text is noticed by whoever looks into it.
        const inTexts = damaged?.length === whole.length && damaged.subarray(0, 96).equals(whole.subarray(0, 96));
        expectRight(index, inTexts ? null : settled, ['Ávila', 'σίσυφος']);
        index.close();
        const upkeep = open();
        catchUp(upkeep);
        for (const check of upkeep.checks) check();
        catchUp(upkeep);
        for (const [name, bytes] of sound) expect(readFileSync(name).equals(bytes), `${file} ${damage}`).toBe(true);
        expect(names()).toHaveLength(sound.length);
      }
    }
  });

  test('somebody who has the index open sees short segments give way to the full one', () => {
    const whole = names().map((name) => [path.join(search, name), readFileSync(path.join(search, name))] as const);
    rmSync(search, { recursive: true });
    const state = createSearchState();
    const upkeep = open(state);
    const index = reader(state);
    const step = (newest: number, pace: 'quiet' | 'steady' | 'yielding') => {
      const did = upkeep.step(newest, pace);
      return [did, index.through()];
    };
    expect(step(1000, 'quiet')).toEqual([null, 0]);
    expect(step(1100, 'quiet')).toEqual(['part', 1024]);
    expect(step(9000, 'steady')).toEqual([null, 1024]);
    expect(step(9999, 'steady')).toEqual(['part', 9216]);
    expect(index.frequency('aguja')).toBeGreaterThanOrEqual(1);
    expect(step(60_000, 'yielding')).toEqual([null, 9216]);
    expect(step(65_530, 'quiet')).toEqual(['part', 64_512]);
    expect(step(65_536, 'yielding')).toEqual([null, 64_512]);
    expectRight(index, 64_512);
    expect(step(2 * segmentRows, 'yielding')).toEqual(['segment', segmentRows]);
    expect(names()).toEqual([`0000000001-00000${segmentRows}.seg`]);
    expect(index.frequency('aguja')).toBe(Number.POSITIVE_INFINITY);
    expectRightSettled(index);
    catchUp(upkeep);
    expectRight(index, covered);
    index.close();
    for (const [name, bytes] of whole) expect(readFileSync(name).equals(bytes), name).toBe(true);
  });

  const expectRightSettled = (index: SearchIndex): void => {
    const bits = new Uint32Array(segmentRows / 32).fill(0xffffffff);
    expect(index.settleChunk(0, 'aguja', true, bits)).toBe(segmentRows);
    const found = Uint8Array.from({ length: segmentRows }, (_, at) => ((bits[at >>> 5] ?? 0) >>> (at & 31)) & 1);
    expect(found).toEqual(rowsWith('aguja', true).subarray(0, segmentRows));
  };

  test('a stop while a segment is being made leaves nothing, and the next one is whole', () => {
    const [, segment = ''] = names();
    const file = path.join(search, segment);
    const bytes = readFileSync(file);
    rmSync(file);
    let left = 20;
    const upkeep = open(createSearchState(), () => --left < 0);
    expect(() => upkeep.step(count, 'quiet')).toThrow('cancelled');
    expect(names()).not.toContain(segment);
    left = Number.POSITIVE_INFINITY;
    catchUp(upkeep);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test('files of a former way, and names that mean nothing, do not stay in the way', () => {
    const foreign = [
      '0000000001-0000047104.seg',
      '0000047105-0000090000.seg',
      '0000000005-0000000100.part',
      '0-7.freq',
    ];
    const before = names();
    for (const name of foreign) writeFileSync(path.join(search, name), 'BSEG and more');
    const index = reader();
    expectRight(index, covered);
    index.close();
    catchUp(open());
    expect(names()).toEqual(before);
  });
});

test('long texts close a segment early, and the next one goes on from there', () => {
  const ledger = temporaryFolder();
  const folder = temporaryFolder();
  const random = seeded(3);
  const rows = 2 * 1024;
  const ideographs = (): string =>
    String.fromCharCode(...Array.from({ length: 1800 }, () => 0x4e00 + Math.floor(random() * 20_000)));
  const texts = Array.from({ length: rows }, ideographs);
  const writing = openWriting(ledger);
  const [entry] = smallTrail(1, 1);
  writing.append(
    texts.map((newValue, at) => ({ ...(entry as NewEntry), eventId: Buffer.from(`${at}`.padStart(16)), newValue })),
  );
  const db = openReader(writing.file, 'in turn');
  const upkeep = createSearchUpkeep(db, folder, createSearchState(), goOn);
  while (upkeep.step(rows, 'quiet'));
  const bounds = readdirSync(path.join(folder, 'search'))
    .sort()
    .map((name) => name.split(/[-.]/).slice(0, 2).map(Number));
  expect(bounds.length).toBeGreaterThan(1);
  for (const [i, [first = 0]] of bounds.entries()) {
    expect(first).toBe((bounds[i - 1]?.[1] ?? 0) + 1);
    expect((first - 1) % 32).toBe(0);
  }
  const index = openSearchIndex(folder, createSearchState(), (id) => eventIdAt(db, id), goOn);
  expect(index.through()).toBe(bounds.at(-1)?.[1]);
  for (let at = 0; at < index.through(); at += 37) {
    const bits = new Uint32Array(segmentRows / 32);
    const piece = (texts[at] as string).slice(at % 1500, (at % 1500) + 20);
    index.markCandidates(piece, 0, rows, bits);
    index.settleChunk(0, piece, false, bits);
    expect(((bits[at >>> 5] ?? 0) & (1 << (at & 31))) !== 0).toBe(true);
  }
  index.close();
  db.close();
  writing.db.close();
});

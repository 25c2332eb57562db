import { type ChunkColumn, chunkRows } from '#main/store/sqlite/columns/chunk.ts';
import { throwIfStopped } from '#main/store/sqlite/stop.ts';
import { andInto, type ChunkBits, countBits, emptyBits, keepRows, ledgerRows, rowsOfBits } from './bitmap.ts';
import { allowedBits, keepAllowed } from './chunk-filter.ts';
import type { CodeRanks } from './code-ranks.ts';
import { type Blocks, createBlockListing, createJoinedListing, createShortListing, type Listing } from './listing.ts';
import type { MatchSet } from './match-set.ts';
import { TooFar, whichever } from './two-ways.ts';

/** Candidates that are put into order one by one rather than found by walking the values. */
export const shortList = 50_000;
/** Chunks that are looked into for the first matches before all matches are counted by value. */
const firstLooks = 24;
/** Chunks of which the columns can't tell how many matches have each value, and whose entries are counted all the same. */
const fewUntold = 16;
/** Numbers of matches by value and chunk that are kept, 4 MB of them. */
const keptNumbers = 2 ** 20;
/** Candidates of a value in a chunk whose texts are read one by one. */
const fewMembers = 128;
/** Values whose listings are kept. */
const keptParts = 64;

/**
 * The matches in the order of a column's values, equal ones by id. Entries without a value come last in both directions.
 * A chunk tells which values it has and how often; that leads to the few chunks that a page is in.
 */
export const listByCode = (
  set: MatchSet,
  column: ChunkColumn,
  ranks: CodeRanks,
  descending: boolean,
  shouldStop: () => boolean,
): Listing => {
  const sure = set.isSure();
  const parts = ranks.count + 1;
  const rankOfPart = (part: number): number => (part === ranks.count ? 0 : descending ? ranks.count - part : part + 1);
  const partOfRank = (rank: number): number => (rank === 0 ? ranks.count : descending ? ranks.count - rank : rank - 1);
  const rankOfRow = (row: number): number => {
    const chunk = set.columns(Math.floor(row / chunkRows));
    return ranks.rankOf(chunk.values(column).values[chunk.codes(column)[row % chunkRows] as number] as number);
  };
  let looks = 0;
  let mostLooks = Number.POSITIVE_INFINITY;

  /** What each chunk tells of its matches by rank, as far as somebody asked: at most so many unless `exact`. */
  const tellings: ({ readonly byRank: ReadonlyMap<number, number>; readonly exact: boolean } | undefined)[] = [];
  const told = (number: number): { readonly byRank: ReadonlyMap<number, number>; readonly exact: boolean } => {
    const known = tellings[number];
    if (known) return known;
    const { values } = set.columns(number).values(column);
    const { counts, exact } = set.told(number, column);
    const byRank = new Map<number, number>();
    for (let place = 0; place < values.length; place++) {
      if (counts[place] === 0) continue;
      const rank = ranks.rankOf(values[place] as number);
      byRank.set(rank, (byRank.get(rank) ?? 0) + (counts[place] as number));
    }
    const found = { byRank, exact };
    tellings[number] = found;
    return found;
  };
  /** The chunk's own codes that have a rank, and whether all its entries have one of them. */
  const codesOf = (number: number, rank: number): { readonly allowed: Uint8Array; readonly all: boolean } => {
    const { values, counts } = set.columns(number).values(column);
    const allowed = new Uint8Array(values.length);
    let entries = 0;
    for (let place = 0; place < values.length; place++) {
      if (ranks.rankOf(values[place] as number) !== rank) continue;
      allowed[place] = 1;
      entries += counts[place] as number;
    }
    return { allowed, all: entries === set.columns(number).rows };
  };

  // What was just counted is listed next.
  let last: { readonly number: number; readonly rank: number; readonly bits: ChunkBits } | null = null;
  const members = (number: number, rank: number): ChunkBits => {
    if (last?.number === number && last.rank === rank) return last.bits;
    // The bitmap is the same one each time.
    last = null;
    const bits = findMembers(number, rank);
    last = { number, rank, bits };
    return bits;
  };

  const found = emptyBits();
  const findMembers = (number: number, rank: number): ChunkBits => {
    const chunk = set.columns(number);
    const bits = found.fill(0);
    if (!told(number).byRank.has(rank)) return bits;
    const { allowed, all } = codesOf(number, rank);
    if (++looks > mostLooks) throw new TooFar();
    if (set.everything) return allowedBits(chunk, column, allowed, set.limit(number));
    bits.set(set.candidates(number));
    if (!all) keepAllowed(bits, chunk, column, allowed);
    if (sure) return bits;
    // Few texts are sooner looked at one by one than all of the chunk's together.
    if (countBits(bits) > fewMembers) andInto(bits, set.sure(number));
    else keepRows(bits, (row) => set.has(number * chunkRows + row));
    return bits;
  };

  /** Matches by rank and chunk, once they have been counted and are not too many. */
  let numbers: Uint32Array | null = null;

  const listPart = (rank: number): Listing => {
    const chunkOf = (block: number): number => (descending ? set.chunks - 1 - block : block);
    const blocks: Blocks = {
      length: set.chunks,
      count: (block) => {
        const number = chunkOf(block);
        if (numbers) return numbers[rank * set.chunks + number] as number;
        const { byRank, exact } = told(number);
        return exact || !byRank.has(rank) ? (byRank.get(rank) ?? 0) : countBits(members(number, rank));
      },
      rows: (block) => {
        const number = chunkOf(block);
        return ledgerRows(members(number, rank), number * chunkRows, descending);
      },
      blockOf: (row) => chunkOf(Math.floor(row / chunkRows)),
      mayPass: (block, chunk) => chunk(chunkOf(block)),
    };
    return createBlockListing(blocks, shouldStop);
  };

  const join = (lengthOf: (part: number) => number | null): Listing => {
    const kept = new Map<number, Listing>();
    const partAt = (part: number): Listing => {
      const known = kept.get(part) ?? listPart(rankOfPart(part));
      kept.delete(part);
      kept.set(part, known);
      for (const oldest of kept.keys()) {
        if (kept.size <= keptParts) break;
        kept.delete(oldest);
      }
      return known;
    };
    return createJoinedListing(parts, partAt, lengthOf, (row) => partOfRank(rankOfRow(row)), shouldStop);
  };

  /** Matches by rank. */
  const countRanks = (bitsOf: (chunk: number) => ChunkBits): Float64Array => {
    const totals = new Float64Array(parts);
    const byChunk = parts * set.chunks <= keptNumbers ? new Uint32Array(parts * set.chunks) : null;
    for (let number = 0; number < set.chunks; number++) {
      throwIfStopped(shouldStop);
      const add = (rank: number, count: number): void => {
        totals[rank] = (totals[rank] as number) + count;
        if (byChunk) {
          const cell = rank * set.chunks + number;
          byChunk[cell] = (byChunk[cell] as number) + count;
        }
      };
      const chunk = set.columns(number);
      const { values } = chunk.values(column);
      const telling = set.tells(column) ? told(number) : null;
      if (telling?.exact) {
        for (const [rank, count] of telling.byRank) add(rank, count);
        continue;
      }
      const local = new Uint32Array(values.length);
      const codes = chunk.codes(column);
      const rows = rowsOfBits(bitsOf(number));
      for (let i = 0; i < rows.length; i++) {
        const code = codes[rows[i] as number] as number;
        local[code] = (local[code] as number) + 1;
      }
      for (let place = 0; place < values.length; place++) {
        if (local[place] !== 0) add(ranks.rankOf(values[place] as number), local[place] as number);
      }
    }
    numbers = byChunk;
    return totals;
  };

  const listShort = (): Listing => {
    // Rank and row together as one number: ranks are below 2^26, rows below 2^27.
    const keys: number[] = [];
    for (let number = 0; number < set.chunks; number++) {
      const rows = rowsOfBits(set.candidates(number));
      if (rows.length === 0) continue;
      const chunk = set.columns(number);
      const ranksHere = Float64Array.from(chunk.values(column).values, (value) => partOfRank(ranks.rankOf(value)));
      const codes = chunk.codes(column);
      for (const row of rows) {
        const id = number * chunkRows + row;
        keys.push((ranksHere[codes[row] as number] as number) * 2 ** 27 + (descending ? 2 ** 27 - 1 - id : id));
      }
    }
    const rows = Float64Array.from(keys).sort();
    const inOrder = Uint32Array.from(rows, (key) => {
      const low = key % 2 ** 27;
      return descending ? 2 ** 27 - 1 - low : low;
    });
    return createShortListing(inOrder, set.has, shouldStop);
  };

  const joinCounted = (): Listing => {
    const totals = countRanks((number) => (sure ? set.candidates(number) : set.sure(number)));
    return join((part) => totals[rankOfPart(part)] as number);
  };

  const long = (): Listing => {
    mostLooks = Number.POSITIVE_INFINITY;
    if (set.tells(column)) {
      let untold = 0;
      for (let number = 0; number < set.chunks && untold <= fewUntold; number++) if (!told(number).exact) untold += 1;
      if (untold <= fewUntold) return joinCounted();
    }
    let candidates = 0;
    for (let number = 0; number < set.chunks; number++) candidates += countBits(set.candidates(number));
    if (candidates <= shortList) return listShort();
    return joinCounted();
  };

  if (set.everything) return joinCounted();
  mostLooks = firstLooks;
  let filtered = 0;
  const filterNext = (): boolean => {
    if (filtered < set.chunks && !(set.tells(column) && told(filtered).exact)) set.candidates(filtered);
    filtered += 1;
    return filtered < set.chunks;
  };
  return whichever(
    join(() => null),
    long,
    filterNext,
  );
};

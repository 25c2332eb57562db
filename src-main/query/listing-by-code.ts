import { type ChunkColumn, chunkRows } from '#main/store/sqlite/columns/chunk.ts';
import { throwIfStopped } from '#main/store/sqlite/stop.ts';
import { andInto, type ChunkBits, countBits, emptyBits, keepRows, ledgerRows, rowsOfBits } from './bitmap.ts';
import { allowedBits, keepAllowed, type ToldCounts } from './chunk-filter.ts';
import type { CodeRanks } from './code-ranks.ts';
import { countCodes, countedRows } from './count-codes.ts';
import { type Blocks, createBlockListing, createJoinedListing, createShortListing, type Listing } from './listing.ts';
import type { MatchSet } from './match-set.ts';
import { sortAsAsked } from './sort-as-asked.ts';
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
const mostRows = 2 ** 27;
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

  /** What each chunk tells of its matches by its own codes, as far as somebody asked: at most so many unless `exact`. */
  const tellings: (ToldCounts | undefined)[] = [];
  const told = (number: number): ToldCounts => {
    const found = tellings[number] ?? set.told(number, column);
    tellings[number] = found;
    return found;
  };
  /** The ranks of a chunk's own codes. */
  const chunkRanks: (Uint32Array | undefined)[] = [];
  const ranksIn = (number: number): Uint32Array => {
    const known = chunkRanks[number];
    if (known) return known;
    const { values } = set.columns(number).values(column);
    const found = new Uint32Array(values.length);
    for (let place = 0; place < values.length; place++) found[place] = ranks.rankOf(values[place] as number);
    chunkRanks[number] = found;
    return found;
  };
  /** The same by rank, for the chunks that are asked for one rank after the other. */
  const tellingsByRank: (ReadonlyMap<number, number> | undefined)[] = [];
  const toldOf = (number: number, rank: number): number => {
    const known = tellingsByRank[number];
    if (known) return known.get(rank) ?? 0;
    const { counts } = told(number);
    const byRank = new Map<number, number>();
    for (const [place, rankHere] of ranksIn(number).entries()) {
      if (counts[place] !== 0) byRank.set(rankHere, (byRank.get(rankHere) ?? 0) + (counts[place] as number));
    }
    tellingsByRank[number] = byRank;
    return byRank.get(rank) ?? 0;
  };
  /** The chunk's own codes that have a rank, and whether all its entries have one of them. */
  const codesOf = (number: number, rank: number): { readonly allowed: Uint8Array; readonly all: boolean } => {
    const { counts } = set.columns(number).values(column);
    const inChunk = ranksIn(number);
    const allowed = new Uint8Array(inChunk.length);
    let entries = 0;
    for (let place = inChunk.indexOf(rank); place >= 0; place = inChunk.indexOf(rank, place + 1)) {
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
    if (toldOf(number, rank) === 0) return bits;
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

  /** Matches by rank and chunk, once they have been counted and are not too many; of candidates alone, the most there can be. */
  let numbers: { readonly of: Uint32Array; readonly exact: boolean } | null = null;

  const listPart = (rank: number): Listing => {
    const chunkOf = (block: number): number => (descending ? set.chunks - 1 - block : block);
    const blocks: Blocks = {
      length: set.chunks,
      count: (block) => {
        const number = chunkOf(block);
        const counted = numbers?.of[rank * set.chunks + number];
        if (counted === 0 || (counted !== undefined && numbers?.exact)) return counted;
        const most = toldOf(number, rank);
        return most === 0 || told(number).exact ? most : countBits(members(number, rank));
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

  /** Matches by rank; at most so many where `bitsOf` gives candidates. */
  const countRanks = (bitsOf: (chunk: number) => ChunkBits, exact: boolean): Float64Array => {
    const totals = new Float64Array(parts);
    const byChunk = parts * set.chunks <= keptNumbers ? new Uint32Array(parts * set.chunks) : null;
    for (let number = 0; number < set.chunks; number++) {
      throwIfStopped(shouldStop);
      const telling = set.tells(column) ? told(number) : null;
      const inChunk = ranksIn(number);
      const counts = telling?.exact
        ? telling.counts
        : countCodes(set.columns(number), column, countedRows(bitsOf(number), set.columns(number)));
      for (let place = 0; place < inChunk.length; place++) {
        const rank = inChunk[place] as number;
        const count = counts[place] as number;
        totals[rank] = (totals[rank] as number) + count;
        if (byChunk) {
          const cell = rank * set.chunks + number;
          byChunk[cell] = (byChunk[cell] as number) + count;
        }
      }
    }
    numbers = byChunk && { of: byChunk, exact };
    return totals;
  };

  const listShort = (candidates: number): Listing => {
    // Rank and row together as one number: ranks are below 2^26, rows below 2^27.
    const keys = new Float64Array(candidates);
    let filled = 0;
    for (let number = 0; number < set.chunks; number++) {
      const rows = rowsOfBits(set.candidates(number));
      if (rows.length === 0) continue;
      const chunk = set.columns(number);
      const inChunk = ranksIn(number);
      const codes = chunk.codes(column);
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as number;
        const part = partOfRank(inChunk[codes[row] as number] as number);
        const id = number * chunkRows + row;
        keys[filled++] = part * mostRows + (descending ? mostRows - 1 - id : id);
      }
    }
    const rowOf = (key: number): number => {
      const low = key % mostRows;
      return descending ? mostRows - 1 - low : low;
    };
    return createShortListing(sortAsAsked(keys, parts * mostRows, rowOf), sure ? () => true : set.has, shouldStop);
  };

  const joinCounted = (): Listing => {
    const totals = countRanks((number) => (sure ? set.candidates(number) : set.sure(number)), true);
    return join((part) => totals[rankOfPart(part)] as number);
  };
  /** Values that none of the candidates has are passed over; of the others, texts are looked at as far as somebody asks. */
  const joinBounded = (): Listing => {
    const most = countRanks(set.candidates, false);
    return join((part) => (most[rankOfPart(part)] === 0 ? 0 : null));
  };

  const long = (): Listing => {
    mostLooks = Number.POSITIVE_INFINITY;
    if (set.tells(column)) {
      let untold = 0;
      for (let number = 0; number < set.chunks && untold <= fewUntold; number++) if (!told(number).exact) untold += 1;
      if (untold <= fewUntold) return joinCounted();
    }
    let candidates = 0;
    for (let number = 0; number < set.chunks; number++) {
      candidates += sure ? set.countIn(number) : countBits(set.candidates(number));
    }
    if (candidates <= shortList) return listShort(candidates);
    return sure ? joinCounted() : whichever(joinBounded(), joinCounted, () => false);
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

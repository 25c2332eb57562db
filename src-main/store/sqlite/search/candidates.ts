import { Kept } from '../kept.ts';
import { bitsOf } from './row-bits.ts';
import type { SearchPlan } from './search-plan.ts';
import type { Segment, TermPlace } from './segment-file.ts';

/** Terms that are looked up in a segment: with the frequencies known, the rarest are the first. */
const lookedUp = 3;
const lookedUpBlindly = 8;
/** More of them are intersected only while more texts than this are left. */
const fewTexts = 4;
/** Bitmaps of dates that are kept, of 8 KB each. */
const keptDates = 8;

/** What the postings, the pieces of words and the dates of a segment say about a word, before any text is looked at. */
export interface Candidates {
  /** The texts of a segment that may contain the word; null when there are none. Valid until the next call. */
  texts(segment: Segment, plan: SearchPlan): Uint32Array | null;
  /** Sets the rows whose dates have the needle. */
  markDates(segment: Segment, needle: string, rows: Uint32Array): void;
  /** Sets the rows that may have the word in a text or their date. */
  markRows(segment: Segment, plan: SearchPlan, rows: Uint32Array): void;
  /** At most so many rows have it. */
  most(segment: Segment, plan: SearchPlan): number;
}

/** `rarestFirst`: true while the terms of a plan come in the order of their frequencies. */
export const createCandidates = (rarestFirst: () => boolean): Candidates => {
  let textScratch = new Uint32Array(4096);
  let otherScratch = new Uint32Array(4096);

  const placesOf = (segment: Segment, { terms, nowhere }: SearchPlan): TermPlace[] | null => {
    if (segment.first <= nowhere) return null;
    const places: TermPlace[] = [];
    for (const term of terms.slice(0, rarestFirst() ? lookedUp : lookedUpBlindly)) {
      const place = segment.find(term);
      if (!place) return null;
      places.push(place);
    }
    return places.sort((a, b) => a.rows - b.rows);
  };

  const candidateTexts = (segment: Segment, plan: SearchPlan): Uint32Array | null => {
    if (segment.first <= plan.nowhere || !segment.mayHold(plan.grams)) return null;
    const words = Math.ceil(segment.texts / 32);
    if (textScratch.length < words) {
      textScratch = new Uint32Array(words * 2);
      otherScratch = new Uint32Array(words * 2);
    }
    const texts = textScratch.subarray(0, words);
    const other = otherScratch.subarray(0, words);
    if (plan.terms.length === 0) {
      texts.fill(0);
      segment.markTextsBetween(plan.range[0], plan.range[1], texts);
      return texts;
    }
    const places = placesOf(segment, plan);
    const [rarest] = places ?? [];
    if (!places || !rarest) return null;
    texts.fill(0);
    segment.markTexts(rarest, texts);
    let left = bitsOf(texts);
    const intersect = (place: TermPlace): void => {
      other.fill(0);
      segment.markTexts(place, other);
      for (let w = 0; w < words; w++) texts[w] = (texts[w] as number) & (other[w] as number);
      left = bitsOf(texts);
    };
    for (let i = 1; i < places.length && left > fewTexts; i++) intersect(places[i] as TermPlace);
    for (let i = places.length; i < plan.terms.length && left > fewTexts; i++) {
      const place = segment.find(plan.terms[i] as number);
      if (!place) return null;
      intersect(place);
    }
    return left === 0 ? null : texts;
  };

  /** Which entries of a segment have a word in their date: asked for candidates, and again when these are settled. */
  const dated = new Kept<Uint32Array>(keptDates);
  const markDates = (segment: Segment, needle: string, rows: Uint32Array): void => {
    const found = dated.get(`${segment.inode} ${segment.first} ${needle}`, () => {
      const marked = new Uint32Array(Math.ceil(segment.rows / 32));
      segment.markDates(needle, marked);
      return marked;
    });
    for (let w = 0; w < found.length; w++) rows[w] = (rows[w] as number) | (found[w] as number);
  };

  const candidateRows = (segment: Segment, plan: SearchPlan, rows: Uint32Array): void => {
    const texts = candidateTexts(segment, plan);
    if (texts) segment.markRows(texts, rows);
    if (plan.date !== null) markDates(segment, plan.date, rows);
  };

  const boundInSegment = (segment: Segment, plan: SearchPlan): number => {
    const dates = plan.date === null ? 0 : segment.rows;
    const texts = plan.terms.length === 0 ? segment.rows : (placesOf(segment, plan)?.[0]?.rows ?? 0);
    return Math.min(segment.rows, dates + texts);
  };

  return { texts: candidateTexts, markDates, markRows: candidateRows, most: boundInSegment };
};

import { dateNeedle } from './date-texts.ts';
import type { FrequencyTable } from './frequency-table.ts';
import { gramsOf } from './grams.ts';
import { termRange, termsOf } from './terms.ts';

/** A word made ready for the segments. */
export interface SearchPlan {
  /** Rarest first, as far as the frequencies tell; none for a word of one or two characters. */
  readonly terms: readonly number[];
  /** Its longer pieces; none for a word of fewer than five characters. */
  readonly grams: readonly number[];
  /** The range of terms of a word of one or two characters. */
  readonly range: readonly [low: number, high: number];
  readonly date: string | null;
  /** Entries 1 … nowhere are known not to have it in a text. */
  readonly nowhere: number;
}

/** Terms of a word that are intersected, at most. */
const mostTerms = 10;
const keptPlans = 64;

/** Plans for folded words, by the frequencies that are known when they are first asked for. */
export const createSearchPlans = (frequencies: () => FrequencyTable | null) => {
  const plans = new Map<string, SearchPlan>();
  return {
    of: (folded: string): SearchPlan => {
      const known = plans.get(folded);
      if (known) return known;
      const counts = frequencies();
      const short = folded.length < 3;
      const terms = short ? [] : [...termsOf(folded)];
      if (counts) terms.sort((a, b) => counts.ofTerm(a) - counts.ofTerm(b));
      const [rarest] = terms;
      const absent = rarest !== undefined && counts?.ofTerm(rarest) === 0;
      const plan = {
        terms: terms.slice(0, mostTerms),
        grams: gramsOf(folded),
        range: short ? termRange(folded) : ([0, 0] as const),
        date: dateNeedle(folded),
        nowhere: absent ? counts.through : 0,
      };
      if (plans.size >= keptPlans) plans.clear();
      plans.set(folded, plan);
      return plan;
    },
    forget: (): void => plans.clear(),
  };
};

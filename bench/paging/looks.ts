import type { SortColumn } from '#shared/contract/entry.ts';
import type { Page, PageStart, View } from '#shared/contract/view.ts';
import type { Call } from '../bench-engine.ts';
import type { Filter } from '../filters.ts';
import { costOfAsync } from '../measures.ts';
import { pageOf, viewOf } from '../views.ts';

/** A view of the ledger that is looked at. */
export interface Looked {
  readonly filter: Filter;
  readonly column: SortColumn;
  readonly descending: boolean;
}

const steps = [
  'first page',
  'next page',
  'jump to the middle',
  'further jump',
  'to an id',
  'to an instant',
  'jump at once',
  'jump after a moment',
  'jump once counted',
] as const;
export type Step = (typeof steps)[number];

interface Timed {
  readonly looked: Looked;
  readonly step: Step;
  readonly wall: number;
  readonly cpu: number;
}

export const nameOf = ({ filter, column, descending }: Looked): string =>
  `${filter.name} by ${descending ? '-' : ''}${column}`;

/** Looks at views and keeps what each look took. */
export const createLooks = () => {
  const times: Timed[] = [];
  const look = async (call: Call, looked: Looked, step: Step, start: PageStart): Promise<Page> => {
    const { column, descending, filter } = looked;
    const view: View = viewOf(filter.clauses, { column, descending });
    const { value, cost } = await costOfAsync(() => pageOf(call, view, start));
    times.push({ looked, step, ...cost });
    return value;
  };
  const of = (step: Step, passes: (looked: Looked) => boolean): readonly number[] =>
    times.filter((time) => time.step === step && passes(time.looked)).map(({ wall }) => wall);
  return { times, look, of };
};
export type Looks = ReturnType<typeof createLooks>;

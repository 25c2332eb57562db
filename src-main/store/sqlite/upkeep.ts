/**
 * `quiet`: nothing has been written for a moment, so short segments and orders pay. `steady`: entries keep coming.
 * `yielding`: an import wants the machine; only a backlog that would slow searches down is worked off.
 */
export type IndexPace = 'quiet' | 'steady' | 'yielding';

/** What one piece of work was about. */
export type UpkeepWork = 'segment' | 'part' | 'chunk' | 'order';

/** How one kind of side index is brought after the ledger. */
export interface Upkeep {
  /** Does one bounded piece of work for the entries up to `newest`; null when there is nothing to do at this pace. */
  step(newest: number, pace: IndexPace): UpkeepWork | null;
  /**
   * Checks of the files that were there at the opening. Reading them whole takes a while, so that each is made by itself
   * when nothing else is to be done.
   */
  readonly checks: readonly (() => void)[];
}

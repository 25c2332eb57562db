import type { InputOf, OutputOf, ParsedInputOf, ProgressOf } from '#shared/contract/procedures.ts';
import type { Total, View } from '#shared/contract/view.ts';
import type { PackedPage } from './packed-page.ts';

/** What a reader thread can be asked. */
export interface ReaderOperations {
  page: { input: ParsedInputOf<'log.page'>; output: PackedPage; progress: never };
  /** The ids of a view from a position on, in its order: what an export walks. */
  ids: {
    input: { view: View; position: number; limit: number };
    output: { ids: Float64Array; newestId: number; now: string };
    progress: never;
  };
  count: { input: ParsedInputOf<'log.count'>; output: OutputOf<'log.count'>; progress: Total };
  facets: { input: ParsedInputOf<'log.facets'>; output: OutputOf<'log.facets'>; progress: never };
  estimateFacets: { input: ParsedInputOf<'log.facets'>; output: OutputOf<'log.facets'> | null; progress: never };
  timeline: { input: ParsedInputOf<'log.timeline'>; output: OutputOf<'log.timeline'>; progress: never };
  estimateTimeline: { input: ParsedInputOf<'log.timeline'>; output: OutputOf<'log.timeline'> | null; progress: never };
  entry: { input: InputOf<'log.entry'>; output: OutputOf<'log.entry'>; progress: never };
  recordLife: { input: InputOf<'log.recordLife'>; output: OutputOf<'log.recordLife'>; progress: never };
  actors: { input: Record<never, never>; output: OutputOf<'log.actors'>; progress: never };
  statistics: { input: ParsedInputOf<'statistics.read'>; output: OutputOf<'statistics.read'>; progress: never };
  checkStatistics: {
    input: Record<never, never>;
    output: OutputOf<'statistics.check'>;
    progress: ProgressOf<'statistics.check'>;
  };
  info: { input: Record<never, never>; output: { entries: number; bytes: number; indexed: number }; progress: never };
}

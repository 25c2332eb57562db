import type { View } from '#shared/contract/view.ts';

/** A view that shows the same whenever it is looked at. */
export interface FrozenView extends View {
  readonly newestId: number;
  readonly now: string;
}

/** Where the ids of a view come from: the readers that give pages know its order. */
export interface EntryIds {
  count(view: View): Promise<number>;
  /** The ids at positions from `position` on: `limit` of them, or as many as there are. */
  ids(
    view: View,
    position: number,
    limit: number,
  ): Promise<{ readonly ids: Float64Array; readonly newestId: number; readonly now: string }>;
}

/** Large enough that asking costs nothing, small enough that whoever waits for the same reader doesn't notice. */
const windowIds = 8192;

/** All ids of a view in its order, a window at a time; the next one is asked for while the last is worked on. */
export const walkIds = async function* (source: EntryIds, view: FrozenView): AsyncGenerator<Float64Array> {
  let position = 0;
  const ask = (): ReturnType<EntryIds['ids']> => {
    const asked = source.ids(view, position, windowIds);
    // Whoever awaits it gets the failure; when nobody does any more, the export has ended otherwise.
    asked.catch(() => undefined);
    return asked;
  };
  let next = ask();
  for (;;) {
    const { ids } = await next;
    position += ids.length;
    if (ids.length === windowIds) next = ask();
    if (ids.length > 0) yield ids;
    if (ids.length < windowIds) return;
  }
};

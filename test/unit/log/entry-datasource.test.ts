import type { IGetRowsParams } from 'ag-grid-community';
import { describe, expect, it, vi } from 'vitest';
import type { EntryBlocks } from '#renderer/grid/entry-blocks.ts';
import { createEntryDatasource } from '#renderer/grid/entry-datasource.ts';
import type { EntryRow } from '#shared/contract/entry.ts';
import { BitacoraError, cancelled } from '#shared/contract/errors.ts';

const rows = (start: number, count = 10): EntryRow[] =>
  Array.from({ length: count }, (_, index) => ({ id: start + index + 1 }) as EntryRow);

/** A datasource over blocks of ten, of which the first is here, and what it told. */
const prepared = (load: (start: number) => Promise<readonly EntryRow[]> = async (start) => rows(start)) => {
  const rest = Promise.withResolvers<void>();
  const base = { now: 0 };
  const near = { first: 0, last: 30 };
  const asked: number[] = [];
  const onError = vi.fn<(error: unknown) => void>();
  const onMissed = vi.fn<() => void>();
  const blocks: EntryBlocks = {
    blockSize: 10,
    peek: (start) => (start === 0 ? rows(0) : undefined),
    load: (start) => {
      asked.push(start);
      return load(start);
    },
    keepBetween: () => undefined,
    close: () => undefined,
  };
  const datasource = createEntryDatasource({
    blocks,
    base: () => base.now,
    rowCount: () => 1000,
    atRest: () => rest.promise,
    isNear: (start) => start >= near.first && start <= near.last,
    onError,
    onMissed,
  });
  const ask = (startRow: number) => {
    const successCallback = vi.fn<IGetRowsParams['successCallback']>();
    const failCallback = vi.fn<IGetRowsParams['failCallback']>();
    datasource.getRows({ startRow, successCallback, failCallback } as unknown as IGetRowsParams);
    return { successCallback, failCallback };
  };
  return { rest, near, base, asked, onError, onMissed, ask, datasource };
};

describe('rows for the grid', () => {
  it('are given at once when they are here, even while it is scrolled', () => {
    const { ask, asked } = prepared();
    expect(ask(0).successCallback).toHaveBeenCalledExactlyOnceWith(rows(0), 1000);
    expect(asked).toEqual([]);
  });

  it('are fetched when the scrolling rests, not before', async () => {
    const { ask, asked, rest } = prepared();
    const { successCallback } = ask(20);
    await Promise.resolve();
    expect(asked).toEqual([]);
    rest.resolve();
    await vi.waitFor(() => expect(successCallback).toHaveBeenCalledExactlyOnceWith(rows(20), 1000));
  });

  it('are left out when they were scrolled past, and that is remembered and told', async () => {
    const { ask, asked, near, rest, datasource, onError, onMissed } = prepared();
    const { successCallback, failCallback } = ask(20);
    near.first = 500;
    near.last = 530;
    rest.resolve();
    await vi.waitFor(() => expect(failCallback).toHaveBeenCalledOnce());
    expect([datasource.missed(), datasource.missed()]).toEqual([true, false]);
    expect(onMissed).toHaveBeenCalledOnce();
    expect([asked, successCallback.mock.calls, onError.mock.calls]).toEqual([[], [], []]);
  });

  it('are those of the window, and of none that the grid has left meanwhile', async () => {
    const { ask, asked, base, rest } = prepared();
    base.now = 5000;
    const here = ask(20);
    base.now = 7000;
    const there = ask(20);
    rest.resolve();
    await vi.waitFor(() => expect(there.successCallback).toHaveBeenCalledExactlyOnceWith(rows(7020), 1000));
    expect(here.failCallback).toHaveBeenCalledOnce();
    expect(asked).toEqual([7020]);
  });

  it('are put in the order of the view, wherever the window was when they came', async () => {
    const { ask, base, rest, datasource } = prepared();
    rest.resolve();
    const given = async (start: number): Promise<EntryRow> => {
      base.now = start;
      const { successCallback } = ask(20);
      await vi.waitFor(() => expect(successCallback).toHaveBeenCalledOnce());
      return successCallback.mock.lastCall?.[0][0] as EntryRow;
    };
    const [late, early, middle] = [await given(9000), await given(100), await given(3000)];
    expect(datasource.inOrder([late, early, middle])).toEqual([early, middle, late]);
  });

  it('tell the end where a block is not full', async () => {
    const { ask, rest } = prepared(async (start) => rows(start, 3));
    rest.resolve();
    const { successCallback } = ask(20);
    await vi.waitFor(() => expect(successCallback).toHaveBeenCalledExactlyOnceWith(rows(20, 3), 23));
  });

  it('that can’t be read are told as an error; a request that was ended, as rows that are missing', async () => {
    for (const [error, told] of [
      [new BitacoraError('unavailable'), 1],
      [cancelled(), 0],
    ] as const) {
      const { ask, rest, onError, onMissed } = prepared(() => Promise.reject(error));
      rest.resolve();
      const { failCallback } = ask(20);
      await vi.waitFor(() => expect(failCallback).toHaveBeenCalledOnce());
      await Promise.resolve();
      expect(onError).toHaveBeenCalledTimes(told);
      expect(onMissed).toHaveBeenCalledTimes(1 - told);
    }
  });
});

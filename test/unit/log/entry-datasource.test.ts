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
  const near = { first: 0, last: 30 };
  const asked: number[] = [];
  const onError = vi.fn<(error: unknown) => void>();
  const skip = vi.fn<() => void>();
  const blocks: EntryBlocks = {
    blockSize: 10,
    peek: (start) => (start === 0 ? rows(0) : undefined),
    load: (start) => {
      asked.push(start);
      return load(start);
    },
    keepBetween: () => undefined,
    skip,
    dropped: () => false,
    close: () => undefined,
  };
  const datasource = createEntryDatasource({
    blocks,
    rowCount: () => 1000,
    atRest: () => rest.promise,
    isNear: (start) => start >= near.first && start <= near.last,
    onError,
  });
  const ask = (startRow: number) => {
    const successCallback = vi.fn<IGetRowsParams['successCallback']>();
    const failCallback = vi.fn<IGetRowsParams['failCallback']>();
    datasource.getRows({ startRow, successCallback, failCallback } as unknown as IGetRowsParams);
    return { successCallback, failCallback };
  };
  return { rest, near, asked, skip, onError, ask };
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

  it('are left out when they were scrolled past, and that is remembered', async () => {
    const { ask, asked, near, rest, skip, onError } = prepared();
    const { successCallback, failCallback } = ask(20);
    near.first = 500;
    near.last = 530;
    rest.resolve();
    await vi.waitFor(() => expect(failCallback).toHaveBeenCalledOnce());
    expect(skip).toHaveBeenCalledOnce();
    expect([asked, successCallback.mock.calls, onError.mock.calls]).toEqual([[], [], []]);
  });

  it('tell the end where a block is not full', async () => {
    const { ask, rest } = prepared(async (start) => rows(start, 3));
    rest.resolve();
    const { successCallback } = ask(20);
    await vi.waitFor(() => expect(successCallback).toHaveBeenCalledExactlyOnceWith(rows(20, 3), 23));
  });

  it('that can’t be read are told; a request that was ended is not', async () => {
    for (const [error, told] of [
      [new BitacoraError('unavailable'), 1],
      [cancelled(), 0],
    ] as const) {
      const { ask, rest, onError } = prepared(() => Promise.reject(error));
      rest.resolve();
      const { failCallback } = ask(20);
      await vi.waitFor(() => expect(failCallback).toHaveBeenCalledOnce());
      await Promise.resolve();
      expect(onError).toHaveBeenCalledTimes(told);
    }
  });
});

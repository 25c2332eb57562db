import type { EntryRow } from '#shared/contract/entry.ts';
import type { Page } from '#shared/contract/view.ts';

/** Rows that are asked for at once. */
export const gridBlockSize = 200;

export type PageByPosition = (position: number, limit: number, signal: AbortSignal) => Promise<Page>;

/** The rows of one frozen view, fetched in blocks of equal size. */
export interface EntryBlocks {
  readonly blockSize: number;
  /** The block that begins at `start` if it is here. */
  peek(start: number): readonly EntryRow[] | undefined;
  /** The block that begins at `start` (a multiple of the block size). Two callers share one request. */
  load(start: number): Promise<readonly EntryRow[]>;
  /** Ends the requests for blocks that have no row between two positions, both included. */
  keepBetween(first: number, last: number): void;
  /** Ends everything; nothing is fetched any more. */
  close(): void;
}

interface Options {
  readonly fetchPage: PageByPosition;
  /** The answer that opened the view: its rows are not asked for again. */
  readonly first: Page;
  readonly blockSize: number;
  /** How many blocks are kept; the ones unused for longest go first. */
  readonly capacity: number;
}

interface Request {
  readonly controller: AbortController;
  readonly rows: Promise<readonly EntryRow[]>;
}

/** Where the block that holds a position begins. */
export const blockStart = (position: number, blockSize: number): number => position - (position % blockSize);

export const createEntryBlocks = ({ fetchPage, first, blockSize, capacity }: Options): EntryBlocks => {
  const blocks = new Map<number, readonly EntryRow[]>();
  const requests = new Map<number, Request>();

  const keep = (start: number, rows: readonly EntryRow[]): void => {
    blocks.delete(start);
    blocks.set(start, rows);
    for (const oldest of blocks.keys()) {
      if (blocks.size <= capacity) return;
      blocks.delete(oldest);
    }
  };

  const wholeBlock = first.rows.length >= blockSize || first.next === null;
  if (first.position === 0 && wholeBlock) keep(0, first.rows.slice(0, blockSize));

  const fetch = (start: number): Request => {
    const controller = new AbortController();
    const rows = fetchPage(start, blockSize, controller.signal)
      .then((page) => {
        if (requests.get(start)?.controller === controller) keep(start, page.rows);
        return page.rows;
      })
      .finally(() => {
        if (requests.get(start)?.controller === controller) requests.delete(start);
      });
    return { controller, rows };
  };

  const end = (start: number, request: Request): void => {
    requests.delete(start);
    request.controller.abort();
  };

  return {
    blockSize,
    peek: (start) => blocks.get(start),
    load: (start) => {
      const known = blocks.get(start);
      if (known) {
        keep(start, known);
        return Promise.resolve(known);
      }
      const running = requests.get(start) ?? fetch(start);
      requests.set(start, running);
      return running.rows;
    },
    keepBetween: (from, to) => {
      for (const [start, request] of [...requests]) {
        if (start + blockSize <= from || start > to) end(start, request);
      }
    },
    close: () => {
      for (const [start, request] of [...requests]) end(start, request);
      blocks.clear();
    },
  };
};

import type { OrderWriter } from './order-file.ts';

/** Sets a fence at the beginning of a key, the next one no sooner than `stride` places on. */
export const createFenceMaker = (writer: OrderWriter, stride: number) => {
  let open: { readonly key: string; readonly start: number } | null = null;
  let lastStart = Number.NEGATIVE_INFINITY;
  let current: string | null = null;
  const close = (): void => {
    if (open) writer.fence(open.key, open.start, writer.place);
    open = null;
  };
  return {
    /** The rows of a key are about to be written; the same key may come again at once. */
    begin: (key: string): void => {
      if (key === current) return;
      close();
      current = key;
      if (writer.place - lastStart < stride) return;
      open = { key, start: writer.place };
      lastStart = writer.place;
    },
    /** All rows with a value are written. */
    end: close,
  };
};

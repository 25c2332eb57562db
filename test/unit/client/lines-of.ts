import { type Lines, LineWriter } from '#client/lines.ts';

/** What the client's press makes of entries. */
export const linesOf = (...texts: readonly string[]): Lines => {
  const writer = new LineWriter();
  for (const text of texts) writer.add(text);
  return writer.take();
};

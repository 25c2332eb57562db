import { getDocumentProxy } from 'unpdf';
import { markOf } from '#main/export/pdf/shown-character.ts';

export interface OutlineItem {
  readonly title: string;
  readonly items: readonly OutlineItem[];
}

/** A document as an independent reader sees it. */
export interface ReadPdf {
  /** The text of each page, without any white space: where lines end is the layout's business. */
  readonly pages: readonly string[];
  readonly sizes: readonly (readonly [number, number])[];
  readonly info: Readonly<Record<string, unknown>>;
  readonly language: unknown;
  readonly outline: readonly OutlineItem[];
}

/** White space, and what a reader takes for invisible. */
export const squeezed = (text: string): string => text.replace(/\s|\u200d|\ufe0e|\ufe0f/gu, '');

/** Scripts that need shaping have no glyph here: each of their letters is marked. */
const needsShaping = /[\u0590-\u1c7f\ufffe\uffff]/gu;
const hidden = /\p{Cc}|[\u200b\u2028-\u202e\ufeff]/gu;

/** A value as a document shows it, without white space. */
export const asShown = (value: string): string => {
  const mark = (sign: string): string => markOf(sign.codePointAt(0) ?? 0);
  return squeezed(value.replace(hidden, mark).replace(needsShaping, mark));
};

export const readPdf = async (bytes: Uint8Array): Promise<ReadPdf> => {
  const document = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0, stopAtErrors: true });
  const pages: string[] = [];
  const sizes: [number, number][] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent({ disableNormalization: true });
    pages.push(squeezed(items.map((item) => ('str' in item ? item.str : '')).join('')));
    const [, , width = 0, height = 0] = page.view;
    sizes.push([width, height]);
  }
  const { info } = await document.getMetadata();
  const read = {
    pages,
    sizes,
    info: info as Record<string, unknown>,
    language: (info as Record<string, unknown>).Language,
    outline: ((await document.getOutline()) ?? []) as unknown as readonly OutlineItem[],
  };
  await document.loadingTask.destroy();
  return read;
};

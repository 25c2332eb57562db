/// <reference path="../../../src-main/export/xlsx/yauzl.d.ts" />
import { SaxesParser } from 'saxes';
import { fromBufferPromise } from 'yauzl';

/** A cell as it stands in the file: what it is said to be, and its text or number. */
export interface ReadCell {
  readonly type: string;
  readonly value: string;
}
export interface ReadSheet {
  readonly name: string;
  /** Cells by reference, `A1`. */
  readonly cells: ReadonlyMap<string, ReadCell>;
  readonly rows: number;
  readonly filter: string | null;
  readonly frozen: boolean;
}

type Handlers = {
  readonly open?: (name: string, attributes: Record<string, string>) => void;
  readonly text?: (text: string) => void;
  readonly close?: (name: string) => void;
};

/** Reads XML strictly: anything that is not well-formed throws. */
const readXml = (xml: string, { open, text, close }: Handlers): void => {
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => open?.(tag.name, tag.attributes as Record<string, string>));
  parser.on('text', (found) => text?.(found));
  parser.on('closetag', (tag) => close?.(tag.name));
  parser.write(xml).close();
};

/** `_x000D_` → CR (ECMA-376 part 1, 22.9.2.19). */
const unescapeText = (text: string): string =>
  text.replace(/_x([0-9a-fA-F]{4})_/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

const textsOf = (xml: string, item: string): string[] => {
  const found: string[] = [];
  let inside = false;
  readXml(xml, {
    open: (name) => {
      if (name === item) found.push('');
      if (name === 't') inside = true;
    },
    text: (text) => {
      if (inside) found[found.length - 1] += text;
    },
    close: (name) => {
      if (name === 't') inside = false;
    },
  });
  return found.map(unescapeText);
};

const readSheet = (name: string, xml: string, shared: readonly string[]): ReadSheet => {
  const cells = new Map<string, ReadCell>();
  let rows = 0;
  let filter: string | null = null;
  let frozen = false;
  let reference = '';
  let type = '';
  let value = '';
  let inside = false;
  readXml(xml, {
    open: (tag, attributes) => {
      if (tag === 'row') rows += 1;
      if (tag === 'autoFilter') filter = attributes.ref ?? null;
      if (tag === 'pane') frozen = attributes.state === 'frozen';
      if (tag === 'f') throw new Error(`a formula in ${reference}`);
      if (tag === 'c') {
        reference = attributes.r ?? '';
        type = attributes.t ?? 'n';
        value = '';
      }
      if (tag === 'v' || tag === 't') inside = true;
    },
    text: (text) => {
      if (inside) value += text;
    },
    close: (tag) => {
      if (tag === 'v' || tag === 't') inside = false;
      if (tag !== 'c') return;
      if (cells.has(reference)) throw new Error(`${reference} twice`);
      cells.set(reference, { type, value: type === 's' ? (shared[Number(value)] ?? '') : unescapeText(value) });
    },
  });
  return { name, cells, rows, filter, frozen };
};

/** Reads a workbook with other tools than it was written with. */
export const readXlsx = async (bytes: Buffer): Promise<readonly ReadSheet[]> => {
  const parts = new Map<string, string>();
  const zip = await fromBufferPromise(bytes);
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    parts.set(entry.fileName, Buffer.concat(chunks).toString());
  }
  for (const xml of parts.values()) readXml(xml, {});
  const shared = textsOf(parts.get('xl/sharedStrings.xml') ?? '<none/>', 'si');
  const names: string[] = [];
  readXml(parts.get('xl/workbook.xml') ?? '', {
    open: (tag, attributes) => {
      if (tag === 'sheet') names.push(attributes.name ?? '');
    },
  });
  return names.map((name, place) => readSheet(name, parts.get(`xl/worksheets/sheet${place + 1}.xml`) ?? '', shared));
};

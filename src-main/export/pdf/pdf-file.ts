import { deflateSync } from 'node:zlib';
import { jsPDF } from 'jspdf';
import type { UsedFont } from './typeface.ts';

/**
 * The one place that knows jsPDF. It keeps the pages, the outline, the properties and the file's structure. Three things
 * are done beside it, through its own events, because its way of doing them loses text or time:
 *
 * - Text. jsPDF drops what a font lacks, and knows only characters of 16 bits. Here pages come as finished operators, and
 *   fonts are written as subsets with every character that they show.
 * - Compression. jsPDF keeps all pages as text until the end. Here each page is packed as it comes.
 * - What is the same on all pages but known only at the end (how many pages there are) stands in a drawing of its own
 *   that the pages refer to.
 */

export const paperPoints = { a4: [595.28, 841.89], letter: [612, 792] } as const;

/** Something drawn once and shown on many pages, under a name of its own; its operators may come last of all. */
export interface Drawing {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly operators: string;
}

export interface PdfProperties {
  readonly title: string;
  readonly subject: string;
  readonly author: string;
  readonly keywords: string;
  readonly creator: string;
  readonly language: string;
  readonly createdAt: Date;
  /** 32 hexadecimal digits. */
  readonly fileId: string;
}

export interface Bookmark {
  readonly title: string;
  /** The first is 1. */
  readonly page: number;
  readonly children: readonly Bookmark[];
}

export interface PdfFile {
  readonly pages: number;
  /** Bytes that the pages take so far. */
  readonly bytes: number;
  addPage(operators: string): void;
  finish(bookmarks: readonly Bookmark[], drawings: readonly Drawing[], fonts: readonly UsedFont[]): Buffer;
}

/** jsPDF's inside, as far as its plug-ins may use it. */
interface Inside {
  readonly events: { subscribe(topic: string, run: (...values: never[]) => void): void };
  readonly write: (...words: (string | number)[]) => void;
  readonly newObject: () => number;
  readonly putStream: (stream: {
    readonly data: string;
    readonly objectId: number;
    readonly addLength1?: boolean;
    readonly additionalKeyValues?: { readonly key: string; readonly value: string | number }[];
  }) => void;
}
interface FontEntry {
  readonly id: string;
  readonly postScriptName: string;
  readonly fontName: string;
  readonly fontStyle: string;
  readonly encoding: string;
  readonly metadata: object;
  objectNumber?: number;
  isAlreadyPutted?: boolean;
}
type FontEntries = Record<string, FontEntry>;
interface PluginTable {
  readonly events: [string, (value: { readonly fonts: FontEntries }) => void][];
  processDataByFilters(data: string, filters: readonly string[]): { data: string; reverseChain: string | string[] };
}

/** Before a stream that is packed already. */
const packedMark = '%packed by node:zlib\n';
let newestFonts: FontEntries = {};

const plugins = jsPDF.API as unknown as PluginTable;
plugins.events.push(['addFonts', ({ fonts }) => (newestFonts = fonts)]);
const packByJsPdf = plugins.processDataByFilters;
plugins.processDataByFilters = (data, filters) =>
  data.startsWith(packedMark)
    ? { data: data.slice(packedMark.length), reverseChain: '/FlateDecode' }
    : packByJsPdf(data, filters);

const pack = (bytes: string | Buffer): string => packedMark + deflateSync(bytes, { level: 6 }).toString('latin1');

/**
 * A text as jsPDF is to be given it for properties and bookmarks. It writes what is not Latin-1 as UTF-16, and forgets
 * that a byte 0D inside would be read as a line end; such a text goes out as UTF-8, which PDF 2.0 knows.
 */
const propertyText = (text: string): string => {
  const plain = text.replace(/\p{Cc}/gu, ' ').toWellFormed();
  const utf16 = Buffer.from(plain, 'utf16le');
  const isLatin = !/[^\0-\xff]/.test(plain);
  return isLatin || !utf16.includes(0x0d) ? plain : Buffer.from(`\ufeff${plain}`, 'utf8').toString('latin1');
};

const hex4 = (number: number): string => number.toString(16).padStart(4, '0');
const utf16Hex = (code: number): string =>
  [...String.fromCodePoint(code)].map((sign) => Buffer.from(sign, 'utf16le').swap16().toString('hex')).join('');

/** The table by which readers turn glyphs back into characters. Source: ISO 32000-1, 9.10.3. */
const characterTable = (characters: ReadonlyMap<number, number>): string => {
  const lines = [...characters]
    .sort(([one], [other]) => one - other)
    .map(([glyph, code]) => `<${hex4(glyph)}> <${utf16Hex(code)}>`);
  const blocks: string[] = [];
  for (let at = 0; at < lines.length; at += 100) {
    const block = lines.slice(at, at + 100);
    blocks.push(`${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`);
  }
  return [
    '/CIDInit /ProcSet findresource begin',
    '12 dict begin',
    'begincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Adobe-Identity-UCS def',
    '/CMapType 2 def',
    '1 begincodespacerange\n<0000> <ffff>\nendcodespacerange',
    ...blocks,
    'endcmap',
    'CMapName currentdict /CMap defineresource pop',
    'end',
    'end',
  ].join('\n');
};

/** Six letters that tell this subset from others of the same font. */
const subsetTag = (characters: ReadonlyMap<number, number>): string => {
  let sum = 0;
  for (const glyph of characters.keys()) sum = (sum * 31 + glyph) % 308_915_776;
  let tag = '';
  for (let index = 0; index < 6; index += 1) {
    tag += String.fromCharCode(65 + (sum % 26));
    sum = Math.floor(sum / 26);
  }
  return tag;
};

/** Writes a font's objects and gives back the number of the one that pages refer to. Source: ISO 32000-1, 9.7. */
const putFont = ({ newObject, write, putStream }: Inside, { name, font, characters }: UsedFont): number => {
  const fontName = `/${subsetTag(characters)}+${name}`;
  const glyphs = [...characters.keys()].sort((one, other) => one - other);
  const program = font.subset(new Set(glyphs));
  const file = newObject();
  putStream({
    data: pack(program),
    objectId: file,
    additionalKeyValues: [{ key: 'Length1', value: program.length }],
  });
  write('endobj');
  const table = newObject();
  putStream({ data: pack(characterTable(characters)), objectId: table });
  write('endobj');
  const descriptor = newObject();
  write(
    `<< /Type /FontDescriptor /FontName ${fontName} /FontFile2 ${file} 0 R /Flags 4 /FontBBox [${font.box.join(' ')}]`,
    `/ItalicAngle 0 /Ascent ${font.ascent} /Descent ${font.descent} /CapHeight ${font.ascent} /StemV 80 >>`,
  );
  write('endobj');
  const descendant = newObject();
  const widths = glyphs.map((glyph) => `${glyph} [${Math.round(font.advanceOf(glyph))}]`).join(' ');
  write(
    `<< /Type /Font /Subtype /CIDFontType2 /BaseFont ${fontName} /FontDescriptor ${descriptor} 0 R /CIDToGIDMap /Identity`,
    `/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 /W [${widths}] >>`,
  );
  write('endobj');
  const number = newObject();
  write(
    `<< /Type /Font /Subtype /Type0 /BaseFont ${fontName} /Encoding /Identity-H /DescendantFonts [${descendant} 0 R]`,
    `/ToUnicode ${table} 0 R >>`,
  );
  write('endobj');
  return number;
};

const addBookmarks = (doc: jsPDF, bookmarks: readonly Bookmark[], parent: object | null): void => {
  for (const { title, page, children } of bookmarks) {
    const item = doc.outline.add(parent, propertyText(title), { pageNumber: page }) as unknown as object;
    addBookmarks(doc, children, item);
  }
};

/** Starts a document. The fonts' sizes, colours and places are the business of who writes the pages. */
export const startPdf = (width: number, height: number, properties: PdfProperties): PdfFile => {
  const doc = new jsPDF({
    unit: 'pt',
    format: [width, height],
    orientation: width > height ? 'l' : 'p',
    compress: false,
  });
  const fonts = newestFonts;
  for (const key of Object.keys(fonts)) delete fonts[key];
  const inside = doc.internal as unknown as Inside;
  doc.setCreationDate(properties.createdAt);
  doc.setFileId(properties.fileId.toUpperCase());
  doc.setLanguage(properties.language === 'es' ? 'es' : 'en');
  doc.setDocumentProperties({
    title: propertyText(properties.title),
    subject: propertyText(properties.subject),
    author: propertyText(properties.author),
    keywords: propertyText(properties.keywords),
    creator: propertyText(properties.creator),
  });
  doc.viewerPreferences({ DisplayDocTitle: true });
  doc.setDisplayMode('fullwidth', 'continuous', 'UseOutlines');
  let pages = 0;
  let bytes = 0;
  return {
    get pages() {
      return pages;
    },
    get bytes() {
      return bytes;
    },
    addPage: (operators) => {
      if (pages > 0) doc.addPage([width, height], width > height ? 'l' : 'p');
      pages += 1;
      const packed = pack(operators);
      bytes += packed.length;
      const own = (doc.internal as unknown as { readonly pages: string[][] }).pages[pages];
      own?.splice(0, own.length, packed);
    },
    finish: (bookmarks, drawings, used) => {
      addBookmarks(doc, bookmarks, null);
      for (const { key, name } of used)
        fonts[key] = {
          id: key,
          postScriptName: name,
          fontName: name,
          fontStyle: 'normal',
          encoding: 'Identity-H',
          metadata: {},
        };
      inside.events.subscribe('putFont', ({ font: entry }: { readonly font: FontEntry }) => {
        const font = used.find(({ key }) => key === entry.id);
        if (font === undefined) return;
        entry.objectNumber = putFont(inside, font);
        entry.isAlreadyPutted = true;
      });
      const numbers = new Map<string, number>();
      inside.events.subscribe('putResources', () => {
        const ownFonts = Object.values(fonts).map(({ id, objectNumber }) => `/${id} ${objectNumber} 0 R`);
        for (const drawing of drawings) {
          const objectId = inside.newObject();
          numbers.set(drawing.name, objectId);
          inside.putStream({
            data: pack(drawing.operators),
            objectId,
            additionalKeyValues: [
              { key: 'Type', value: '/XObject' },
              { key: 'Subtype', value: '/Form' },
              { key: 'BBox', value: `[0 ${-drawing.height} ${drawing.width} ${drawing.height}]` },
              { key: 'Resources', value: `<< /Font << ${ownFonts.join(' ')} >> >>` },
            ],
          });
          inside.write('endobj');
        }
      });
      inside.events.subscribe('putXobjectDict', () => {
        for (const [name, number] of numbers) inside.write(`/${name} ${number} 0 R`);
      });
      return Buffer.from(doc.output(), 'latin1');
    },
  };
};

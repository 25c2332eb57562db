/**
 * The fonts of documents that leave as PDF, made from the slices in which the npm packages carry them for web pages
 * (a variable font in some hundred WOFF2 files): each slice is unpacked, fixed at one weight, and all of a family are
 * put together into one plain TrueType file. Only the tables that src-main/export/pdf/glyph-font.ts reads are kept.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import subsetFont from 'subset-font';

const require = createRequire(import.meta.url);
const folderOf = (name) => join(dirname(require.resolve(`${name}/package.json`)), 'files');

const any = () => true;
const isHangul = (code) =>
  (code >= 0x1100 && code <= 0x11ff) || (code >= 0x3130 && code <= 0x318f) || (code >= 0xac00 && code <= 0xd7a3);
/** From Hebrew to Ol Chiki: letters that run right to left, join or change places. Shown one by one they would be wrong. */
const needsShaping = (code) => code >= 0x0590 && code < 0x1c80;

/** In the order in which a character is looked for; a later family gives only what none before it has. */
const families = [
  {
    file: 'sans.ttf',
    weight: 400,
    parts: [{ name: '@fontsource-variable/noto-sans', files: /(?<!devanagari)-wght-normal\.woff2$/, wanted: any }],
  },
  {
    file: 'sans-bold.ttf',
    weight: 700,
    parts: [{ name: '@fontsource-variable/noto-sans', files: /(?<!devanagari)-wght-normal\.woff2$/, wanted: any }],
    apart: true,
  },
  {
    file: 'symbols.ttf',
    parts: [
      { name: '@fontsource/noto-sans-symbols', files: /-400-normal\.woff2$/, wanted: any },
      { name: '@fontsource/noto-sans-symbols-2', files: /-400-normal\.woff2$/, wanted: any },
      { name: '@fontsource/noto-sans-math', files: /-400-normal\.woff2$/, wanted: any },
    ],
  },
  {
    file: 'han.ttf',
    weight: 400,
    // Where the same character is drawn differently, the form of the People's Republic comes first.
    parts: ['sc', 'tc', 'jp'].map((region) => ({
      name: `@fontsource-variable/noto-sans-${region}`,
      files: /-wght-normal\.woff2$/,
      wanted: any,
    })),
  },
  {
    file: 'hangul.ttf',
    weight: 400,
    parts: [{ name: '@fontsource-variable/noto-sans-kr', files: /-wght-normal\.woff2$/, wanted: isHangul }],
  },
  {
    file: 'emoji.ttf',
    weight: 400,
    parts: [{ name: '@fontsource-variable/noto-emoji', files: /-wght-normal\.woff2$/, wanted: any }],
  },
];

const tablesOf = (font) => {
  const tables = {};
  for (let index = 0; index < font.readUInt16BE(4); index += 1) {
    const at = 12 + 16 * index;
    const start = font.readUInt32BE(at + 8);
    tables[font.toString('latin1', at, at + 4)] = font.subarray(start, start + font.readUInt32BE(at + 12));
  }
  return tables;
};

/** Code point → glyph, from the format 12 or the format 4 table. */
const readCharacters = (cmap) => {
  const found = new Map();
  for (let index = 0; index < cmap.readUInt16BE(2); index += 1) {
    const table = cmap.subarray(cmap.readUInt32BE(8 + 8 * index));
    const format = table.readUInt16BE(0);
    if (format === 12) {
      for (let group = 0; group < table.readUInt32BE(12); group += 1) {
        const [first, last, glyph] = [0, 4, 8].map((offset) => table.readUInt32BE(16 + 12 * group + offset));
        for (let code = first; code <= last; code += 1) found.set(code, glyph + code - first);
      }
    } else if (format === 4) {
      const count = table.readUInt16BE(6) / 2;
      for (let segment = 0; segment < count; segment += 1) {
        const last = table.readUInt16BE(14 + 2 * segment);
        const first = table.readUInt16BE(16 + 2 * (count + segment));
        const delta = table.readUInt16BE(16 + 2 * (2 * count + segment));
        const rangeAt = 16 + 2 * (3 * count + segment);
        const range = table.readUInt16BE(rangeAt);
        for (let code = first; code <= last && code < 0xffff; code += 1) {
          const listed = range === 0 ? code : table.readUInt16BE(rangeAt + range + 2 * (code - first));
          if (listed !== 0) found.set(code, (listed + delta) & 0xffff);
        }
      }
    }
  }
  return found;
};

/** The font's own glyphs, ready to be taken over: outline, advance, left side bearing. */
const readFont = (file) => {
  const tables = tablesOf(file);
  const glyphs = tables.maxp.readUInt16BE(4);
  const long = tables.head.readInt16BE(50) === 1;
  const metrics = tables.hhea.readUInt16BE(34);
  const offset = (glyph) => (long ? tables.loca.readUInt32BE(4 * glyph) : 2 * tables.loca.readUInt16BE(2 * glyph));
  return {
    tables,
    characters: readCharacters(tables.cmap),
    outline: (glyph) => tables.glyf.subarray(offset(glyph), offset(glyph + 1)),
    advance: (glyph) => tables.hmtx.readUInt16BE(4 * Math.min(glyph, metrics - 1)),
    bearing: (glyph) =>
      glyph < metrics
        ? tables.hmtx.readInt16BE(4 * glyph + 2)
        : tables.hmtx.readInt16BE(4 * metrics + 2 * (glyph - metrics)),
    glyphs,
  };
};

/** Places in a composite outline where the number of a part stands. */
const partPlaces = (outline) => {
  const places = [];
  if (outline.length === 0 || outline.readInt16BE(0) >= 0) return places;
  for (let at = 10, more = true; more; ) {
    const flags = outline.readUInt16BE(at);
    places.push(at + 2);
    at += 4 + (flags & 1 ? 4 : 2) + (flags & 8 ? 2 : flags & 0x40 ? 4 : flags & 0x80 ? 8 : 0);
    more = (flags & 0x20) !== 0;
  }
  return places;
};

const joinTables = (tables) => {
  const names = Object.keys(tables).sort();
  const head = Buffer.alloc(12 + 16 * names.length);
  head.writeUInt32BE(0x00010000, 0);
  head.writeUInt16BE(names.length, 4);
  const chunks = [head];
  let at = head.length;
  for (const [index, name] of names.entries()) {
    const table = tables[name];
    head.write(name, 12 + 16 * index, 'latin1');
    head.writeUInt32BE(at, 12 + 16 * index + 8);
    head.writeUInt32BE(table.length, 12 + 16 * index + 12);
    const padding = Buffer.alloc(-table.length & 3);
    chunks.push(table, padding);
    at += table.length + padding.length;
  }
  return Buffer.concat(chunks);
};

/** One font of many slices: `parts` are { font, wanted }. */
const mergeFonts = (parts, taken) => {
  const outlines = [Buffer.alloc(0)];
  const metrics = [{ advance: parts[0].font.advance(0), bearing: 0 }];
  const characters = new Map();
  for (const { font, wanted } of parts) {
    const moved = new Map();
    const shown = new Set();
    const take = (glyph) => {
      const known = moved.get(glyph);
      if (known !== undefined) return known;
      const number = add(glyph);
      moved.set(glyph, number);
      return number;
    };
    const add = (glyph) => {
      const number = outlines.length;
      const outline = Buffer.from(font.outline(glyph));
      outlines.push(outline);
      metrics.push({ advance: font.advance(glyph), bearing: font.bearing(glyph) });
      for (const place of partPlaces(outline)) outline.writeUInt16BE(take(outline.readUInt16BE(place)), place);
      return number;
    };
    for (const [code, glyph] of font.characters) {
      if (glyph === 0 || characters.has(code) || taken.has(code) || !wanted(code) || needsShaping(code)) continue;
      // Each character gets a glyph of its own, so that text read out of a document is what was written into it.
      characters.set(code, shown.has(glyph) ? add(glyph) : take(glyph));
      shown.add(glyph);
    }
  }
  if (outlines.length > 0xffff) throw new Error('too many glyphs for one font');
  const loca = Buffer.alloc(4 * (outlines.length + 1));
  const padded = outlines.map((outline) => Buffer.concat([outline, Buffer.alloc(-outline.length & 3)]));
  padded.reduce(
    (at, outline, index) => loca.writeUInt32BE(at + outline.length, 4 * (index + 1)) && at + outline.length,
    0,
  );
  const hmtx = Buffer.alloc(4 * metrics.length);
  for (const [index, { advance, bearing }] of metrics.entries()) {
    hmtx.writeUInt16BE(advance, 4 * index);
    hmtx.writeInt16BE(bearing, 4 * index + 2);
  }
  const runs = [];
  for (const [code, glyph] of [...characters].sort(([one], [other]) => one - other)) {
    const last = runs.at(-1);
    if (last && last.last + 1 === code && last.glyph + code - last.first === glyph) last.last = code;
    else runs.push({ first: code, last: code, glyph });
  }
  const cmap = Buffer.alloc(28 + 12 * runs.length);
  // One table, Unicode (0) full repertoire (4), format 12.
  cmap.writeUInt16BE(1, 2);
  cmap.writeUInt16BE(4, 6);
  cmap.writeUInt32BE(12, 8);
  cmap.writeUInt16BE(12, 12);
  cmap.writeUInt32BE(16 + 12 * runs.length, 16);
  cmap.writeUInt32BE(runs.length, 24);
  for (const [index, run] of runs.entries()) {
    cmap.writeUInt32BE(run.first, 28 + 12 * index);
    cmap.writeUInt32BE(run.last, 32 + 12 * index);
    cmap.writeUInt32BE(run.glyph, 36 + 12 * index);
  }
  const { head, hhea, maxp } = parts[0].font.tables;
  const whole = { head: Buffer.from(head), hhea: Buffer.from(hhea), maxp: Buffer.from(maxp) };
  whole.head.writeInt16BE(1, 50);
  whole.hhea.writeUInt16BE(metrics.length, 34);
  whole.maxp.writeUInt16BE(outlines.length, 4);
  // Points, contours and depth of parts: the most that any of the slices has.
  for (const at of [6, 8, 10, 12, 28, 30])
    whole.maxp.writeUInt16BE(Math.max(...parts.map(({ font }) => font.tables.maxp.readUInt16BE(at))), at);
  return { file: joinTables({ ...whole, hmtx, loca, glyf: Buffer.concat(padded), cmap }), characters };
};

/** Writes the fonts into `folder`. */
export const buildFonts = async (folder) => {
  const taken = new Set();
  for (const { file, weight, parts, apart } of families) {
    const read = [];
    for (const { name, files, wanted } of parts) {
      const slices = readdirSync(folderOf(name)).filter((slice) => files.test(slice));
      if (slices.length === 0) throw new Error(`no slices of ${name}`);
      for (const slice of slices.sort()) {
        const plain = await subsetFont(readFileSync(join(folderOf(name), slice)), undefined, {
          targetFormat: 'truetype',
          keepAllGlyphs: true,
          noHinting: true,
          dropTables: ['GSUB', 'GPOS', 'GDEF', 'STAT', 'vhea', 'vmtx'],
          ...(weight === undefined ? {} : { variationAxes: { wght: weight } }),
        });
        read.push({ font: readFont(Buffer.from(plain)), wanted });
      }
    }
    const merged = mergeFonts(read, apart ? new Set() : taken);
    writeFileSync(join(folder, file), merged.file);
    for (const code of merged.characters.keys()) taken.add(code);
  }
};

/**
 * A TrueType font as far as a document needs it: which glyph a character has, how wide it is, and its outline.
 * Source of the format: https://learn.microsoft.com/typography/opentype/spec/otff
 */
export interface GlyphFont {
  readonly unitsPerEm: number;
  /** In thousandths of the type size, as PDF counts. */
  readonly ascent: number;
  readonly descent: number;
  readonly box: readonly [number, number, number, number];
  /** 0 when the font does not have the character. */
  glyphOf(code: number): number;
  /** In thousandths of the type size. */
  advanceOf(glyph: number): number;
  /** A font with only these glyphs, which keep their numbers. */
  subset(glyphs: ReadonlySet<number>): Buffer;
}

type Tables = ReadonlyMap<string, Buffer>;

const readTables = (file: Buffer): Tables => {
  const tables = new Map<string, Buffer>();
  for (let index = 0; index < file.readUInt16BE(4); index += 1) {
    const at = 12 + 16 * index;
    const start = file.readUInt32BE(at + 8);
    tables.set(file.toString('latin1', at, at + 4), file.subarray(start, start + file.readUInt32BE(at + 12)));
  }
  return tables;
};

const tableOf = (tables: Tables, name: string): Buffer => {
  const table = tables.get(name);
  if (table === undefined) throw new Error(`the font has no ${name} table`);
  return table;
};

/** The format 12 groups of the only character table that our fonts have. */
const readCharacters = (cmap: Buffer): ReadonlyMap<number, number> => {
  const table = cmap.subarray(cmap.readUInt32BE(8));
  if (table.readUInt16BE(0) !== 12) throw new Error('the font’s character table is not of format 12');
  const found = new Map<number, number>();
  for (let group = 0; group < table.readUInt32BE(12); group += 1) {
    const first = table.readUInt32BE(16 + 12 * group);
    const last = table.readUInt32BE(20 + 12 * group);
    const glyph = table.readUInt32BE(24 + 12 * group);
    for (let code = first; code <= last; code += 1) found.set(code, glyph + code - first);
  }
  return found;
};

/** The glyphs that a composite glyph is put together from. */
const partsOf = (outline: Buffer): readonly number[] => {
  const parts: number[] = [];
  if (outline.length === 0 || outline.readInt16BE(0) >= 0) return parts;
  let at = 10;
  let flags: number;
  do {
    flags = outline.readUInt16BE(at);
    parts.push(outline.readUInt16BE(at + 2));
    at += 4 + (flags & 1 ? 4 : 2) + (flags & 8 ? 2 : flags & 0x40 ? 4 : flags & 0x80 ? 8 : 0);
  } while (flags & 0x20);
  return parts;
};

const checksumOf = (table: Buffer): number => {
  let sum = 0;
  for (let at = 0; at < table.length; at += 4) sum = (sum + table.readUInt32BE(at)) >>> 0;
  return sum;
};

/** Puts tables into one file, each on a border of four bytes and with its checksum. */
const joinTables = (tables: Readonly<Record<string, Buffer>>): Buffer => {
  const names = Object.keys(tables).sort();
  const directory = Buffer.alloc(12 + 16 * names.length);
  directory.writeUInt32BE(0x00010000, 0);
  directory.writeUInt16BE(names.length, 4);
  const power = Math.floor(Math.log2(names.length));
  directory.writeUInt16BE(16 * 2 ** power, 6);
  directory.writeUInt16BE(power, 8);
  directory.writeUInt16BE(16 * (names.length - 2 ** power), 10);
  const chunks = [directory];
  let at = directory.length;
  for (const [index, name] of names.entries()) {
    const table = tables[name] ?? Buffer.alloc(0);
    const padded = Buffer.concat([table, Buffer.alloc(-table.length & 3)]);
    const place = 12 + 16 * index;
    directory.write(name, place, 'latin1');
    directory.writeUInt32BE(checksumOf(padded), place + 4);
    directory.writeUInt32BE(at, place + 8);
    directory.writeUInt32BE(table.length, place + 12);
    chunks.push(padded);
    at += padded.length;
  }
  return Buffer.concat(chunks);
};

/** Reads a font that `scripts/fonts.mjs` made; throws when a table is missing. */
export const readGlyphFont = (file: Buffer): GlyphFont => {
  const tables = readTables(file);
  const [head, hhea, maxp, hmtx, loca, glyf] = ['head', 'hhea', 'maxp', 'hmtx', 'loca', 'glyf'].map((name) =>
    tableOf(tables, name),
  ) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
  const characters = readCharacters(tableOf(tables, 'cmap'));
  const unitsPerEm = head.readUInt16BE(18);
  const metrics = hhea.readUInt16BE(34);
  const scale = 1000 / unitsPerEm;
  const metricAt = (glyph: number): number => 4 * Math.min(glyph, metrics - 1);
  const outlineOf = (glyph: number): Buffer =>
    glyf.subarray(loca.readUInt32BE(4 * glyph), loca.readUInt32BE(4 * glyph + 4));

  const subset = (glyphs: ReadonlySet<number>): Buffer => {
    const kept = new Set<number>([0]);
    const take = (glyph: number): void => {
      if (kept.has(glyph)) return;
      kept.add(glyph);
      for (const part of partsOf(outlineOf(glyph))) take(part);
    };
    for (const glyph of glyphs) take(glyph);
    const numbers = [...kept].sort((one, other) => one - other);
    const count = (numbers.at(-1) ?? 0) + 1;
    const offsets = Buffer.alloc(4 * (count + 1));
    const widths = Buffer.alloc(4 * count);
    const outlines: Buffer[] = [];
    let length = 0;
    for (let glyph = 0; glyph < count; glyph += 1) {
      offsets.writeUInt32BE(length, 4 * glyph);
      if (!kept.has(glyph)) continue;
      const outline = outlineOf(glyph);
      outlines.push(outline);
      length += outline.length;
      hmtx.copy(widths, 4 * glyph, metricAt(glyph), metricAt(glyph) + 4);
    }
    offsets.writeUInt32BE(length, 4 * count);
    const [ownHhea, ownMaxp] = [Buffer.from(hhea), Buffer.from(maxp)];
    ownHhea.writeUInt16BE(count, 34);
    ownMaxp.writeUInt16BE(count, 4);
    return joinTables({
      head,
      hhea: ownHhea,
      maxp: ownMaxp,
      hmtx: widths,
      loca: offsets,
      glyf: Buffer.concat(outlines),
    });
  };

  return {
    unitsPerEm,
    ascent: Math.round(hhea.readInt16BE(4) * scale),
    descent: Math.round(hhea.readInt16BE(6) * scale),
    box: [36, 38, 40, 42].map((at) => Math.round(head.readInt16BE(at) * scale)) as [number, number, number, number],
    glyphOf: (code) => characters.get(code) ?? 0,
    advanceOf: (glyph) => hmtx.readUInt16BE(metricAt(glyph)) * scale,
    subset,
  };
};

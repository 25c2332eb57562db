import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { createByteWriter } from './postings.ts';

/** Stands between texts: no byte of UTF-8, so that nothing that is looked for reaches over it. */
const separator = 0xff;
const separatorText = String.fromCharCode(separator);

/** A block is closed at so many texts or bytes: the least that has to be unpacked to look into one text. */
const blockTexts = 4096;
const blockBytes = 262_144;

const ascii = /^[\0-\x7f]*$/;
/** UTF-8 with a character for each byte. */
const utf8 = (text: string): string => (ascii.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1'));

/** What is looked for in packed texts. */
export const textNeedle = (folded: string): Buffer => Buffer.from(folded, 'utf8');

/**
 * One block of folded texts. Each of its two parts is packed by itself (zstd with a check sum): all texts without
 * accents, and with accents those that have any. Unpacked: 32 bits, the bytes of the list that follows; for each text the
 * step to its place (0 is the next) and its bytes, as varints; then the texts in UTF-8 with 0xff between.
 */
export interface TextBlock {
  readonly texts: number;
  readonly strippedPacked: number;
  readonly strippedBytes: number;
  readonly accentedPacked: number;
  readonly accentedBytes: number;
}

export const blockNumbers = 5;

const createPart = () => {
  const list = createByteWriter(8192);
  let texts: string[] = [];
  let bytes = 0;
  let next = 0;
  return {
    add: (place: number, folded: string): void => {
      const text = utf8(folded);
      list.varint(place - next);
      list.varint(text.length);
      next = place + 1;
      texts.push(text);
      bytes += text.length + 1;
    },
    bytes: (): number => bytes,
    pack: (): { readonly packed: Uint8Array; readonly bytes: number } => {
      if (texts.length === 0) return { packed: new Uint8Array(0), bytes: 0 };
      const raw = Buffer.allocUnsafe(4 + list.length() + bytes - 1);
      raw.writeUInt32LE(list.length(), 0);
      raw.set(list.bytes(), 4);
      raw.write(texts.join(separatorText), 4 + list.length(), 'latin1');
      const packed = zstdCompressSync(raw, {
        pledgedSrcSize: raw.length,
        params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
      });
      list.clear();
      texts = [];
      bytes = 0;
      next = 0;
      return { packed, bytes: raw.length };
    },
  };
};

/** Packs folded texts in blocks. */
export const createTextPacker = () => {
  const stripped = createPart();
  const accented = createPart();
  let open = 0;
  let blocks: TextBlock[] = [];
  let parts: Uint8Array[] = [];
  let packedBytes = 0;

  const closeBlock = (): void => {
    if (open === 0) return;
    const [one, other] = [stripped.pack(), accented.pack()];
    blocks.push({
      texts: open,
      strippedPacked: one.packed.length,
      strippedBytes: one.bytes,
      accentedPacked: other.packed.length,
      accentedBytes: other.bytes,
    });
    parts.push(one.packed, other.packed);
    packedBytes += one.packed.length + other.packed.length;
    open = 0;
  };

  return {
    /** `withAccents` is null where it is the same. */
    add: (withoutAccents: string, withAccents: string | null): void => {
      stripped.add(open, withoutAccents);
      if (withAccents !== null) accented.add(open, withAccents);
      open += 1;
      if (open === blockTexts || stripped.bytes() + accented.bytes() >= blockBytes) closeBlock();
    },
    packedBytes: (): number => packedBytes,
    /** Everything that was added; the packer is empty afterwards. */
    finish: (): { readonly blocks: readonly TextBlock[]; readonly parts: readonly Uint8Array[] } => {
      closeBlock();
      const finished = { blocks, parts };
      blocks = [];
      parts = [];
      packedBytes = 0;
      return finished;
    },
  };
};

/** Has `use` look at an unpacked part, which is gone afterwards. Throws when the bytes are damaged. */
const withUnpacked = (packed: Uint8Array, bytes: number, use: (raw: Buffer) => void): void => {
  // A little more than there is, so that one piece of output is enough.
  const room = Math.max(bytes + 16, 64);
  const raw = zstdDecompressSync(packed, { chunkSize: room, maxOutputLength: bytes + 16 });
  if (raw.length !== bytes) throw new Error('a packed text has another length than is written down');
  use(raw);
  // Given back at once where it is a piece of memory of its own: a count unpacks hundreds of megabytes, and V8, which is
  // told of memory outside its heap, would go through its heap every 64 of them, with all processors that there are.
  if (raw.buffer.byteLength === room) (raw.buffer as ArrayBuffer).transfer(0);
};

/** Visits the texts of an unpacked part that `asked` names; true when the text contains the needle. */
const eachText = (
  raw: Buffer,
  needle: Buffer,
  asked: (place: number) => boolean,
  visit: (place: number, contains: boolean) => void,
): void => {
  const listEnd = 4 + raw.readUInt32LE(0);
  const list = raw.subarray(4, listEnd);
  const texts = raw.subarray(listEnd);
  let place = 0;
  let start = 0;
  let hit = -1;
  let at = 0;
  while (at < list.length) {
    let byte = list[at++] as number;
    let step = byte & 127;
    for (let shift = 7; byte >= 128; shift += 7) {
      byte = list[at++] as number;
      step |= (byte & 127) << shift;
    }
    byte = list[at++] as number;
    let length = byte & 127;
    for (let shift = 7; byte >= 128; shift += 7) {
      byte = list[at++] as number;
      length |= (byte & 127) << shift;
    }
    place += step;
    const end = start + length;
    if (asked(place)) {
      if (hit < start) {
        hit = texts.indexOf(needle, start);
        if (hit === -1) hit = texts.length + 1;
      }
      visit(place, hit < end || needle.length === 0);
    }
    place += 1;
    start = end + 1;
  }
};

const hasBit = (words: Uint32Array, bit: number): boolean => ((words[bit >>> 5] as number) & (1 << (bit & 31))) !== 0;

/**
 * Clears the bits of the texts of a block that do not contain the needle; the block's first text is bit `first`. Throws
 * when the block is damaged.
 */
export const keepTextsContaining = (
  block: TextBlock,
  packed: Uint8Array,
  first: number,
  needle: Buffer,
  ignoreAccents: boolean,
  words: Uint32Array,
): void => {
  const asked = (place: number): boolean => hasBit(words, first + place);
  const visit = (place: number, contains: boolean): void => {
    const bit = first + place;
    if (!contains) words[bit >>> 5] = (words[bit >>> 5] as number) & ~(1 << (bit & 31));
  };
  const inStripped = (isAsked: (place: number) => boolean): void =>
    withUnpacked(packed.subarray(0, block.strippedPacked), block.strippedBytes, (raw) =>
      eachText(raw, needle, isAsked, visit),
    );
  if (ignoreAccents || block.accentedBytes === 0) {
    inStripped(asked);
    return;
  }
  const differs = new Uint8Array(block.texts);
  const isAccented = (place: number): boolean => {
    differs[place] = 1;
    return asked(place);
  };
  withUnpacked(packed.subarray(block.strippedPacked), block.accentedBytes, (raw) =>
    eachText(raw, needle, isAccented, visit),
  );
  inStripped((place) => differs[place] === 0 && asked(place));
};

import { crc32, createDeflateRaw } from 'node:zlib';
import { BitacoraError } from '#shared/contract/errors.ts';

/**
 * Sizes and places that a ZIP file without its 64-bit extension can say. Excel refuses many files that use the extension
 * where they need not, and a part whose size is only known at its end would always have to.
 */
const mostBytes = 0xffff_ffff;

/** The fastest: the texts repeat so much that any level finds most of it. */
const level = 1;

interface Part {
  readonly name: Buffer;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** Sizes stand after the data (bit 3), names are UTF-8 (bit 11). */
const flags = 0x0808;
const deflated = 8;
const versionNeeded = 20;

/** `time` and `date` of MS-DOS, in UTC. */
const dosTime = (ms: number): readonly [number, number] => {
  const date = new Date(ms);
  return [
    (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >>> 1),
    (Math.max(0, date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate(),
  ];
};

/**
 * Writes a ZIP file from its beginning to its end (PKWARE APPNOTE 6.3): each part is compressed as it comes, in another
 * thread, and nothing is kept but the list of parts. Throws `export_too_large` beyond 4 GiB.
 */
export const createZipWriter = (write: (bytes: Uint8Array) => Promise<void>, ms: number) => {
  const parts: Part[] = [];
  const [time, date] = dosTime(ms);
  let offset = 0;
  const put = async (bytes: Uint8Array): Promise<void> => {
    offset += bytes.length;
    if (offset > mostBytes) throw new BitacoraError('export_too_large');
    await write(bytes);
  };
  return {
    /** Bytes written so far. */
    size: (): number => offset,
    /**
     * Adds a part; its chunks are taken as fast as they can be written. One is compressed while the next is made: the bytes
     * of a chunk can be used again when the second after it is asked for.
     */
    add: async (name: string, chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> => {
      const nameBytes = Buffer.from(name);
      const start = offset;
      const head = Buffer.alloc(30);
      head.writeUInt32LE(0x04034b50, 0);
      head.writeUInt16LE(versionNeeded, 4);
      head.writeUInt16LE(flags, 6);
      head.writeUInt16LE(deflated, 8);
      head.writeUInt16LE(time, 10);
      head.writeUInt16LE(date, 12);
      head.writeUInt16LE(nameBytes.length, 26);
      await put(Buffer.concat([head, nameBytes]));

      let crc = 0;
      let size = 0;
      const deflate = createDeflateRaw({ level, chunkSize: 256 * 1024 });
      const before = offset;
      const packing = (async () => {
        for await (const packed of deflate) await put(packed as Buffer);
      })();
      // Whoever awaits it below gets the failure; it may come while the next chunk is made.
      packing.catch(() => undefined);
      try {
        let taken: Promise<void> = Promise.resolve();
        for await (const chunk of chunks) {
          crc = crc32(chunk, crc);
          size += chunk.length;
          if (size > mostBytes) throw new BitacoraError('export_too_large');
          await Promise.race([taken, packing]);
          // What goes wrong with it goes wrong in `packing`.
          taken = new Promise((resolve) => deflate.write(chunk, () => resolve()));
        }
        await Promise.race([taken, packing]);
        deflate.end();
        await packing;
      } finally {
        deflate.destroy();
      }
      const packed = offset - before;
      const after = Buffer.alloc(16);
      after.writeUInt32LE(0x08074b50, 0);
      after.writeUInt32LE(crc, 4);
      after.writeUInt32LE(packed, 8);
      after.writeUInt32LE(size, 12);
      await put(after);
      parts.push({ name: nameBytes, crc, packed, size, offset: start });
    },
    /** Writes the directory; nothing can be added afterwards. */
    end: async (): Promise<void> => {
      const start = offset;
      for (const part of parts) {
        const entry = Buffer.alloc(46);
        entry.writeUInt32LE(0x02014b50, 0);
        entry.writeUInt16LE(versionNeeded, 4);
        entry.writeUInt16LE(versionNeeded, 6);
        entry.writeUInt16LE(flags, 8);
        entry.writeUInt16LE(deflated, 10);
        entry.writeUInt16LE(time, 12);
        entry.writeUInt16LE(date, 14);
        entry.writeUInt32LE(part.crc, 16);
        entry.writeUInt32LE(part.packed, 20);
        entry.writeUInt32LE(part.size, 24);
        entry.writeUInt16LE(part.name.length, 28);
        entry.writeUInt32LE(part.offset, 42);
        await put(Buffer.concat([entry, part.name]));
      }
      const end = Buffer.alloc(22);
      end.writeUInt32LE(0x06054b50, 0);
      end.writeUInt16LE(parts.length, 8);
      end.writeUInt16LE(parts.length, 10);
      end.writeUInt32LE(offset - start, 12);
      end.writeUInt32LE(start, 16);
      await put(end);
    },
  };
};

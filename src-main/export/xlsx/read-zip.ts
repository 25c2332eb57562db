import { crc32, createInflateRaw } from 'node:zlib';
import { fromBufferPromise, openPromise } from 'yauzl';

/** The parts of a ZIP file in memory, by name, as text. */
export const readZipParts = async (bytes: Buffer): Promise<ReadonlyMap<string, string>> => {
  const parts = new Map<string, string>();
  const zip = await fromBufferPromise(bytes);
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue;
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    parts.set(entry.fileName, Buffer.concat(chunks).toString());
  }
  return parts;
};

const chunkSize = 1024 * 1024;

/** Hands over each part of a ZIP file whose parts are all compressed, chunk by chunk. Throws when its bytes don't have the checksum that the directory says. */
export const walkZipFile = async (file: string, take: (name: string) => (chunk: Buffer) => void): Promise<void> => {
  const zip = await openPromise(file);
  try {
    for await (const entry of zip.eachEntry()) {
      const takeChunk = take(entry.fileName);
      let sum = 0;
      // Unpacked here, in larger pieces than yauzl takes: most of the time went into handing them over.
      const inflate = createInflateRaw({ chunkSize });
      const packed = await zip.openReadStreamPromise(entry, { decodeFileData: false });
      packed.on('error', (error) => inflate.destroy(error));
      for await (const chunk of packed.pipe(inflate)) {
        sum = crc32(chunk as Buffer, sum);
        takeChunk(chunk as Buffer);
      }
      if (sum !== entry.crc32) throw new Error(`${entry.fileName} of ${file} is not as it was written`);
    }
  } finally {
    zip.close();
  }
};

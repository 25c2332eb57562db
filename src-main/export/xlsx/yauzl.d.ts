/** What is used of the package, which has no types of its own. */
declare module 'yauzl' {
  import type { Readable } from 'node:stream';

  export interface Entry {
    readonly fileName: string;
    readonly crc32: number;
    readonly uncompressedSize: number;
  }
  export interface ZipFile {
    eachEntry(): AsyncIterable<Entry>;
    openReadStreamPromise(entry: Entry, options?: { readonly decodeFileData: false }): Promise<Readable>;
    close(): void;
  }
  export const fromBufferPromise: (buffer: Buffer) => Promise<ZipFile>;
  export const openPromise: (path: string) => Promise<ZipFile>;
}

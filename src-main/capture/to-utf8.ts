import iconv from 'iconv-lite';
import type { ImportOptions } from '#shared/contract/import.ts';

export type Encoding = NonNullable<ImportOptions['encoding']>;

/** What the rest of the world calls Latin-1 is nearly always Windows-1252, which only adds characters to it. */
export const iconvNames = {
  'utf-8': 'utf8',
  latin1: 'win1252',
  'utf-16le': 'utf16le',
  'utf-16be': 'utf16be',
} as const satisfies Record<Encoding, string>;

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Turns a file's bytes into UTF-8 without a byte order mark. UTF-8 passes through unread: a line with bytes that are
 * not UTF-8 is dealt with where it is decoded.
 */
export async function* toUtf8(chunks: AsyncGenerator<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  if (encoding === 'utf-8') {
    yield* withoutMark(chunks);
    return;
  }
  const decoder = iconv.getDecoder(iconvNames[encoding], { stripBOM: true });
  for await (const chunk of chunks) {
    const text = decoder.write(chunk);
    if (text.length > 0) yield Buffer.from(text);
  }
  const rest = decoder.end();
  if (rest !== undefined && rest.length > 0) yield Buffer.from(rest);
}

async function* withoutMark(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of chunks) {
    const marked = first && chunk.length >= 3 && chunk.subarray(0, 3).equals(byteOrderMark);
    first = false;
    yield marked ? chunk.subarray(3) : chunk;
  }
}

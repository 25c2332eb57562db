import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

/**
 * The text of a piece of UTF-8. Bytes that are not UTF-8 make the piece be read as Windows-1252: old systems append to
 * one log in two encodings, and a single stray byte must not turn into a question mark in evidence.
 */
export const decodeLine = (bytes: Buffer, start: number, end: number): string => {
  const text = bytes.toString('utf8', start, end);
  if (!text.includes('\uFFFD')) return text;
  const piece = bytes.subarray(start, end);
  return isUtf8(piece) ? text : iconv.decode(piece, 'win1252');
};

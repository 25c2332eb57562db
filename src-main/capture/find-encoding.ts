import { isUtf8 } from 'node:buffer';
import type { Encoding } from './to-utf8.ts';

/** Among so many characters of text, one control character may stand; a binary file has many more. */
const charactersPerControl = 50;

const startsWith = (sample: Buffer, ...bytes: number[]): boolean =>
  bytes.every((byte, index) => sample[index] === byte);

/** `whole`: the sample is all there is, so it can't end in the middle of a character. */
export const findEncoding = (
  sample: Buffer,
  chosen: Encoding | null,
  whole: boolean,
): { encoding: Encoding; markBytes: number } => {
  const marked = findMark(sample);
  if (chosen !== null) return { encoding: chosen, markBytes: marked?.encoding === chosen ? marked.markBytes : 0 };
  return marked ?? { encoding: guessEncoding(sample, whole), markBytes: 0 };
};

const findMark = (sample: Buffer): { encoding: Encoding; markBytes: number } | null => {
  if (startsWith(sample, 0xef, 0xbb, 0xbf)) return { encoding: 'utf-8', markBytes: 3 };
  if (startsWith(sample, 0xff, 0xfe)) return { encoding: 'utf-16le', markBytes: 2 };
  if (startsWith(sample, 0xfe, 0xff)) return { encoding: 'utf-16be', markBytes: 2 };
  return null;
};

const guessEncoding = (sample: Buffer, whole: boolean): Encoding => {
  // Text in UTF-16 that is mostly Latin has a zero in every other byte.
  let even = 0;
  let odd = 0;
  const looked = Math.min(sample.length, 4096);
  for (let index = 0; index < looked; index += 1) {
    if (sample[index] !== 0) continue;
    if (index % 2 === 0) even += 1;
    else odd += 1;
  }
  if (odd > looked / 5 && even < looked / 50) return 'utf-16le';
  if (even > looked / 5 && odd < looked / 50) return 'utf-16be';
  if (isUtf8(sample)) return 'utf-8';
  // Not all of it is UTF-8: the sample may cut a character in two, or a few lines be damaged, or it is another encoding.
  const text = sample.toString('utf8');
  let broken = 0;
  let accented = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === 0xfffd) broken += 1;
    else if (unit > 127) accented += 1;
  }
  const cut = whole ? 0 : 1;
  return (broken - cut) * 5 <= accented ? 'utf-8' : 'latin1';
};

/** True for what no encoding makes a text of. */
export const isBinary = (text: string): boolean => {
  let controls = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 32 && unit !== 9 && unit !== 10 && unit !== 12 && unit !== 13 && unit !== 27) controls += 1;
  }
  return controls > 0 && controls * charactersPerControl > text.length;
};

import { inflateSync } from 'node:zlib';

/**
 * Reads the entries' marks back out of a finished file, by the file's own structure: cross-reference table, catalogue,
 * page tree, contents. Knows nothing of how the file was written but the mark itself. Throws when the structure doesn't
 * hold. Source: ISO 32000-1, 7.5.
 */
export const readEntryIds = (file: Buffer): readonly number[] => {
  const wrong = (what: string): Error => new Error(`the document can't be read back: ${what}`);
  const start = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(file.toString('latin1', file.length - 64))?.[1]);
  if (!(start > 0)) throw wrong('it has no end');
  const table = file.toString('latin1', start);
  const [, count = ''] = /^xref\s+0 (\d+)\s/.exec(table) ?? [];
  const firstLine = table.indexOf('0000000000 65535 f');
  if (count === '' || firstLine < 0) throw wrong('it has no cross-reference table');
  const offsetOf = (object: number): number => {
    if (object >= Number(count)) throw wrong(`object ${object} is beyond its table`);
    return Number(table.slice(firstLine + 20 * object, firstLine + 20 * object + 10));
  };
  /** The object's dictionary, as text, and where what follows it begins. */
  const dictionaryOf = (object: number): { readonly text: string; readonly end: number } => {
    const at = offsetOf(object);
    const name = `${object} 0 obj`;
    if (file.toString('latin1', at, at + name.length) !== name) throw wrong(`object ${object} is not at its place`);
    const ends = ['\nstream', '\nendobj'].map((word) => file.indexOf(word, at)).filter((place) => place >= 0);
    const end = Math.min(...ends);
    return { text: file.toString('latin1', at, end), end };
  };
  const referenceOf = (text: string, key: string): number => {
    const found = new RegExp(`/${key} (\\d+) 0 R`).exec(text)?.[1];
    if (found === undefined) throw wrong(`no ${key}`);
    return Number(found);
  };
  const catalogue = dictionaryOf(referenceOf(table, 'Root'));
  const tree = dictionaryOf(referenceOf(catalogue.text, 'Pages')).text;
  const pages = [...(/\/Kids \[([^\]]*)\]/.exec(tree)?.[1] ?? '').matchAll(/(\d+) 0 R/g)].map(([, page]) =>
    Number(page),
  );
  if (pages.length === 0 || pages.length !== Number(/\/Count (\d+)/.exec(tree)?.[1]))
    throw wrong('its pages are not all there');
  return pages.flatMap((page) => {
    const contents = dictionaryOf(referenceOf(dictionaryOf(page).text, 'Contents'));
    const length = Number(/\/Length (\d+)/.exec(contents.text)?.[1]);
    const from = contents.end + '\nstream\n'.length;
    const operators = inflateSync(file.subarray(from, from + length)).toString('latin1');
    return [...operators.matchAll(/^\/BitacoraEntry <<\/Id (\d+)>> BDC$/gm)].map(([, id]) => Number(id));
  });
};

/** A value in a JSON text, with its place. */
export interface JsonNode {
  readonly start: number;
  end: number;
  readonly kind: 'object' | 'array' | 'string' | 'other';
  /** Of a string: what it says. Of `other`: its text. */
  readonly text: string;
  /** Of an object: each member, repeated names too. Of an array: names are ''. */
  readonly members: { readonly key: JsonNode | null; readonly value: JsonNode }[];
}

/** Nested deeper than this a text is not taken for JSON: it is looked through as any other text. */
const deepest = 400;

const stringEnd = /["\\]/g;
/** Numbers and the three words, also cut ones. */
const plain = /[-+.\w]+/y;
const space = /\s*/y;

/** What a string token says; a broken escape is left as it stands. */
const unescaped = (raw: string): string => {
  if (!raw.includes('\\')) return raw;
  return raw.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (all, hex: string | undefined, letter: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
    return controls[letter ?? ''] ?? letter ?? all;
  });
};

/**
 * Reads a text as JSON values one after the other, with everything in its place: repeated names, numbers as they are
 * written, and texts that break off in the middle, as bodies do that were cut. Null when it is no JSON from some point
 * before its end.
 */
export const readJsonText = (text: string): readonly JsonNode[] | null => {
  let at = 0;
  const skip = (): void => {
    space.lastIndex = at;
    space.exec(text);
    at = space.lastIndex;
  };
  const readString = (): JsonNode => {
    const start = at;
    at += 1;
    for (;;) {
      stringEnd.lastIndex = at;
      const found = stringEnd.exec(text);
      if (found === null) {
        at = text.length;
        return { start, end: at, kind: 'string', text: unescaped(text.slice(start + 1)), members: [] };
      }
      if (found[0] === '\\') {
        at = Math.min(text.length, found.index + 2);
        continue;
      }
      at = found.index + 1;
      return { start, end: at, kind: 'string', text: unescaped(text.slice(start + 1, found.index)), members: [] };
    }
  };
  const readScalar = (): JsonNode | null => {
    if (text[at] === '"') return readString();
    plain.lastIndex = at;
    const found = plain.exec(text);
    if (found === null) return null;
    const start = at;
    at = plain.lastIndex;
    return { start, end: at, kind: 'other', text: found[0], members: [] };
  };

  const roots: JsonNode[] = [];
  const open: JsonNode[] = [];
  for (skip(); at < text.length; skip()) {
    const inside = open.at(-1);
    const character = text[at];
    if (inside !== undefined) {
      if (character === ',') {
        at += 1;
        continue;
      }
      if (character === (inside.kind === 'object' ? '}' : ']')) {
        at += 1;
        inside.end = at;
        open.pop();
        continue;
      }
    }
    let key: JsonNode | null = null;
    if (inside?.kind === 'object') {
      key = readScalar();
      if (key === null) return null;
      skip();
      if (at >= text.length) return roots;
      if (text[at] !== ':') return null;
      at += 1;
      skip();
      if (at >= text.length) return roots;
    }
    let node: JsonNode | null;
    if (text[at] === '{' || text[at] === '[') {
      if (open.length >= deepest) return null;
      node = { start: at, end: text.length, kind: text[at] === '{' ? 'object' : 'array', text: '', members: [] };
      at += 1;
    } else node = readScalar();
    if (node === null) return null;
    if (inside === undefined) roots.push(node);
    else inside.members.push({ key, value: node });
    if (node.kind === 'object' || node.kind === 'array') open.push(node);
  }
  return roots;
};

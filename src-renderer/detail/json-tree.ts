/**
 * JSON as it was written: numbers keep their text (`12345678901234567890` and `1.50` don't lose digits) and a repeated
 * key stays repeated, which `JSON.parse` would both lose. Source of the grammar: RFC 8259.
 */
export type JsonNode =
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, JsonNode])[] }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly value: string }
  /** `true`, `false`, `null` or a number, as it was written. */
  | { readonly kind: 'literal'; readonly text: string };

/** Deeper or larger values are shown as plain text: a tree of them would help nobody and could exhaust the stack. */
const maxDepth = 100;
const maxNodes = 20_000;

const space = /[ \t\n\r]*/y;
const literal = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 forbids raw controls inside strings
const quoted = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

interface Reader {
  readonly text: string;
  at: number;
  nodes: number;
}

const take = (reader: Reader, pattern: RegExp): string | null => {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text);
  if (found === null) return null;
  reader.at = pattern.lastIndex;
  return found[0];
};

const takeSign = (reader: Reader, sign: string): boolean => {
  take(reader, space);
  if (reader.text[reader.at] !== sign) return false;
  reader.at += 1;
  return true;
};

const readString = (reader: Reader): string | null => {
  take(reader, space);
  const source = take(reader, quoted);
  return source === null ? null : String(JSON.parse(source));
};

const readObject = (reader: Reader, depth: number): JsonNode | null => {
  const entries: (readonly [string, JsonNode])[] = [];
  if (takeSign(reader, '}')) return { kind: 'object', entries };
  do {
    const key = readString(reader);
    if (key === null || !takeSign(reader, ':')) return null;
    const value = readNode(reader, depth + 1);
    if (value === null) return null;
    entries.push([key, value]);
  } while (takeSign(reader, ','));
  return takeSign(reader, '}') ? { kind: 'object', entries } : null;
};

const readArray = (reader: Reader, depth: number): JsonNode | null => {
  const items: JsonNode[] = [];
  if (takeSign(reader, ']')) return { kind: 'array', items };
  do {
    const value = readNode(reader, depth + 1);
    if (value === null) return null;
    items.push(value);
  } while (takeSign(reader, ','));
  return takeSign(reader, ']') ? { kind: 'array', items } : null;
};

const readNode = (reader: Reader, depth: number): JsonNode | null => {
  reader.nodes += 1;
  if (depth > maxDepth || reader.nodes > maxNodes) return null;
  if (takeSign(reader, '{')) return readObject(reader, depth);
  if (takeSign(reader, '[')) return readArray(reader, depth);
  if (reader.text[reader.at] === '"') {
    const value = readString(reader);
    return value === null ? null : { kind: 'string', value };
  }
  const text = take(reader, literal);
  return text === null ? null : { kind: 'literal', text };
};

/** Reads an object or an array; null for anything else (a bare number or word is better shown as the text it is). */
export const readJsonTree = (text: string): JsonNode | null => {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') return null;
  const reader: Reader = { text, at: 0, nodes: 0 };
  const root = readNode(reader, 0);
  take(reader, space);
  return reader.at === text.length ? root : null;
};

/** A value that has been parsed already, such as a request’s body, as the same tree. */
export const jsonTreeOf = (value: unknown): JsonNode | null => {
  const text = JSON.stringify(value);
  return text === undefined ? null : readJsonTree(text);
};

/** The node as compact JSON text, for comparing and copying. */
export const nodeSource = (node: JsonNode): string => {
  switch (node.kind) {
    case 'object':
      return `{${node.entries.map(([key, value]) => `${JSON.stringify(key)}:${nodeSource(value)}`).join(',')}}`;
    case 'array':
      return `[${node.items.map(nodeSource).join(',')}]`;
    case 'string':
      return JSON.stringify(node.value);
    case 'literal':
      return node.text;
    default:
      return node satisfies never;
  }
};

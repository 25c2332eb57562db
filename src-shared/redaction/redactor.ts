import { isExactNumber } from '#shared/text/exact-numbers.ts';
import { looksLikeForm, looksLikeSemicolonPairs, redactForm, redactSemicolonPairs } from './form-text.ts';
import { markElements, markNamedValues } from './free-text.ts';
import { type JsonNode, readJsonText } from './json-text.ts';
import { encodeAroundMarkers, isMarker, markerOf } from './marker.ts';
import { mayHoldSecret } from './may-hold-secret.ts';
import { looksLikeMultipart, redactMultipart } from './multipart-text.ts';
import { isCardNumber, markPatterns } from './patterns.ts';
import { createKeyTest, isNamingKey, isValueKey } from './secret-keys.ts';

/** Takes secrets out of what is to be recorded. Done twice it changes nothing more. */
export interface Redactor {
  /** Whether the value of a field of this name is a secret. */
  isSecretKey(name: string): boolean;
  /** A JSON value without its secrets; the same object when there are none. Nested deeper than `deepestValue`, it is cut. */
  value(value: unknown): unknown;
  /** A text without its secrets: prose, JSON, a form, multipart, a query string, headers, a connection string. */
  text(text: string): string;
  /** A value that is a secret itself: each text and number in it becomes a marker. */
  secret(value: unknown): unknown;
}

export interface RedactorOptions {
  /** Names whose values are secrets, as `defaultSecretKeys`. */
  readonly keys: readonly string[];
  /** A keyed digest of a secret, at least 8 bytes. */
  readonly digest: (secret: string) => Uint8Array;
}

/** A JSON value is looked through to this depth; what lies deeper is left out, and `tooDeep` says so. */
export const deepestValue = 400;
export const tooDeep = '[too deep]';

/** Texts inside texts (JSON in a form in JSON …) are opened so many times; deeper ones are searched as they stand. */
const deepestText = 6;
/** No secret that could be told from a word is shorter, with its name: `pin=1`. */
const shortestText = 4;

const credentials = /^(\s*(?:bearer|basic|token|digest|apikey|negotiate)\s+)([\s\S]*)$/i;
const cardShaped = /^[\d \u00a0-]{13,}$/;
const wholeBase64 = /^[\w+/-]{24,}={0,2}$/;
const longestBase64 = 4_000_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: text has none of these.
const control = /[\0-\x08\x0e-\x1f]/;
/** A path or an address with a query, and the fragment behind it. */
const wholeAddress = /^([^\s?=]*)\?([^\s#=&]{1,500}=[^\s#]*)(#\S*)?$/;
const percentEncoded = /%[0-9a-f]{2}/i;
const word = /\S+/g;
const utf8 = new TextDecoder();

/** The text that a base64 string stands for; null when it is none. */
const textInBase64 = (text: string): string | null => {
  if (text.length > longestBase64 || !wholeBase64.test(text)) return null;
  const digits = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  // One digit more than whole groups of four is nothing that base64 writes.
  if (digits.length % 4 === 1 || control.test(atob(digits.slice(0, 20)))) return null;
  const said = utf8.decode(Uint8Array.from(atob(digits), (character) => character.charCodeAt(0)));
  return control.test(said) || said.includes('\ufffd') ? null : said;
};

/** What there is to know of a member's name. */
interface NameFacts {
  readonly isSecret: boolean;
  readonly names: boolean;
  readonly isValue: boolean;
  /** The name without secrets of its own. */
  readonly kept: string;
}
const rememberedNames = 10_000;
const longestName = 200;

export const createRedactor = ({ keys, digest }: RedactorOptions): Redactor => {
  const isSecretKey = createKeyTest(keys);

  /** One secret's marker. The scheme of an authorization header stays, and spaces in a card number don't count. */
  const mark = (secret: string): string => {
    const [, scheme = '', said = secret] = credentials.exec(secret) ?? [];
    const plain = said.trim();
    if (plain === '' || isMarker(plain)) return secret;
    return scheme + markerOf(digest(cardShaped.test(plain) ? plain.replace(/\D/g, '') : plain));
  };

  const known = new Map<string, NameFacts>();
  const factsOf = (name: string): NameFacts => {
    let facts = known.get(name);
    if (facts === undefined) {
      facts = {
        isSecret: isSecretKey(name),
        names: isNamingKey(name),
        isValue: isValueKey(name),
        kept: text(name, 0),
      };
      if (known.size >= rememberedNames) known.clear();
      if (name.length <= longestName) known.set(name, facts);
    }
    return facts;
  };

  const secret = (value: unknown, depth = 0): unknown => {
    if (typeof value === 'string') return mark(value);
    if (typeof value === 'number' || typeof value === 'bigint') return mark(String(value));
    if (typeof value !== 'object' || value === null) return value;
    if (isExactNumber(value)) return mark(value.rawJSON);
    if (depth >= deepestValue) return tooDeep;
    if (Array.isArray(value)) return value.map((item) => secret(item, depth + 1));
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, secret(item, depth + 1)]));
  };

  const list = (items: readonly unknown[], depth: number, inList: boolean): unknown => {
    const [name] = items;
    // `["password", "…"]` among other pairs.
    const isPair = inList && items.length === 2 && typeof name === 'string' && isSecretKey(name);
    let changed = false;
    const kept = items.map((item, place) => {
      const redacted = isPair && place === 1 ? secret(item, depth) : walk(item, depth, true);
      changed ||= redacted !== item;
      return redacted;
    });
    return changed ? kept : items;
  };

  const record = (from: Readonly<Record<string, unknown>>, depth: number): unknown => {
    const names = Object.keys(from);
    const isPair = names.some((name) => {
      const value = from[name];
      return typeof value === 'string' && factsOf(name).names && isSecretKey(value);
    });
    let changed = false;
    const kept = names.map((name) => {
      const facts = factsOf(name);
      const item = from[name];
      const redacted = facts.isSecret || (isPair && facts.isValue) ? secret(item, depth) : walk(item, depth, false);
      changed ||= redacted !== item || facts.kept !== name;
      return redacted;
    });
    return changed ? Object.fromEntries(names.map((name, place) => [factsOf(name).kept, kept[place]])) : from;
  };

  const walk = (value: unknown, depth: number, inList: boolean): unknown => {
    if (typeof value === 'string') return text(value, 0);
    if (typeof value === 'number') return isCardNumber(String(value)) ? mark(String(value)) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (isExactNumber(value)) return isCardNumber(value.rawJSON) ? mark(value.rawJSON) : value;
    if (depth >= deepestValue) return tooDeep;
    return Array.isArray(value)
      ? list(value, depth + 1, inList)
      : record(value as Readonly<Record<string, unknown>>, depth + 1);
  };

  /** JSON is changed in place: what is no secret stays as it was written. */
  const jsonText = (from: string, roots: readonly JsonNode[], level: number): string => {
    let out = '';
    let done = 0;
    const replace = (node: JsonNode, kept: string): void => {
      out += from.slice(done, node.start) + JSON.stringify(kept);
      done = node.end;
    };
    const visit = (node: JsonNode, isSecret: boolean, inList: boolean): void => {
      switch (node.kind) {
        case 'string': {
          const kept = isSecret ? mark(node.text) : text(node.text, level + 1);
          if (kept !== node.text) replace(node, kept);
          return;
        }
        case 'other': {
          if (/^(?:null|true|false)$/.test(node.text)) return;
          if (isSecret || isCardNumber(node.text)) replace(node, mark(node.text));
          return;
        }
        case 'array': {
          const [first, second] = node.members;
          const isPair =
            inList && second !== undefined && node.members.length === 2 && isSecretKey(first?.value.text ?? '');
          for (const member of node.members) visit(member.value, isSecret || (isPair && member === second), true);
          return;
        }
        case 'object': {
          const isPair = node.members.some(
            ({ key, value }) => value.kind === 'string' && factsOf(key?.text ?? '').names && isSecretKey(value.text),
          );
          for (const { key, value } of node.members) {
            const name = key?.text ?? '';
            const facts = factsOf(name);
            if (key && facts.kept !== name) replace(key, facts.kept);
            visit(value, isSecret || facts.isSecret || (isPair && facts.isValue), false);
          }
          return;
        }
        default:
          node.kind satisfies never;
      }
    };
    for (const root of roots) visit(root, false, false);
    return done === 0 ? from : out + from.slice(done);
  };

  const searched = (from: string): string =>
    markPatterns(markNamedValues(markElements(from, { isSecretKey, mark }), { isSecretKey, mark }), mark);

  const text = (from: string, level: number): string => {
    if (from.length < shortestText || !mayHoldSecret(from)) return from;
    if (level >= deepestText) return searched(from);
    const rules = { isSecretKey, mark, text: (inner: string) => text(inner, level + 1) };
    if (/^\s*[[{"]/.test(from)) {
      const roots = readJsonText(from);
      if (roots !== null) return markPatterns(jsonText(from, roots, level), mark);
    }
    if (looksLikeMultipart(from)) return redactMultipart(from, rules);
    if (looksLikeSemicolonPairs(from)) return searched(redactSemicolonPairs(from, rules));
    const address = wholeAddress.exec(from);
    if (address !== null) {
      const [, path = '', query = '', fragment = ''] = address;
      return `${text(path, level + 1)}?${redactForm(query, rules)}${text(fragment, level + 1)}`;
    }
    if (looksLikeForm(from)) return markPatterns(redactForm(from, rules), mark);
    const inside = textInBase64(from);
    if (inside !== null && text(inside, level + 1) !== inside) return mark(from);
    if (percentEncoded.test(from) && !/\s/.test(from)) {
      const said = decodedPercents(from);
      if (said !== from) {
        const kept = text(said, level + 1);
        return kept === said ? from : encodeAroundMarkers(kept);
      }
    }
    const kept = searched(from);
    if (!percentEncoded.test(kept) || !/\s/.test(kept)) return kept;
    // `POST /payments/4111%201111…`, a line of a log: what is encoded in it is looked at word by word.
    return kept.replace(word, (said) => (percentEncoded.test(said) ? text(said, level + 1) : said));
  };

  return { isSecretKey, value: (value) => walk(value, 0, false), text: (from) => text(from, 0), secret };
};

const decodedPercents = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that stands for itself.
    return text;
  }
};

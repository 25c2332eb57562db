import type { Language } from '#shared/contract/errors.ts';
import { foldAccents } from '#shared/text/fold.ts';
import { formatListed } from './format.ts';
import { findKey, keyNames, type QueryKey } from './keys.ts';

/** What is being typed at the caret. `start` and `end` (not included) are what a choice replaces. */
export type Completion = KeyCompletion | ValueCompletion;

export interface KeyCompletion {
  readonly kind: 'key';
  readonly start: number;
  readonly end: number;
  /** What stands before the caret; can be empty. */
  readonly partial: string;
  /** The keys that begin so in either language, those of the asked language first, named in that language. */
  readonly keys: readonly { readonly key: QueryKey; readonly name: string }[];
}

export interface ValueCompletion {
  readonly kind: 'value';
  readonly start: number;
  readonly end: number;
  readonly key: QueryKey;
  /** What stands before the caret, without quotes and escapes; can be empty. */
  readonly partial: string;
}

const spaces = /\s*/y;
const keyAndColon = /([\p{L}\p{M}]{1,20}):(?!\/\/)/uy;
const letters = /^[\p{L}\p{M}]*$/u;
const lettersAndColon = /[\p{L}\p{M}]*:?/uy;
const bareWord = /\S*/y;
const bareItem = /[^\s,]*/y;

/** Where what `pattern` (sticky) takes at `at` ends. */
const endOf = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
};

/** Just after the quote that closes the one at `at`; null when none does. */
const endOfQuoted = (text: string, at: number): number | null => {
  for (let here = at + 1; here < text.length; here++) {
    if (text[here] === '"') return here + 1;
    if (text[here] === '\\') here += text[here + 1] === '"' || text[here + 1] === '\\' ? 1 : 0;
  }
  return null;
};

const namesThatBegin = (partial: string, language: Language): KeyCompletion['keys'] => {
  const begun = foldAccents(partial);
  const other = language === 'es' ? 'en' : 'es';
  const entries = (Object.keys(keyNames) as QueryKey[]).map((key) => ({ key, name: keyNames[key][language] }));
  const own = entries.filter(({ name }) => name.startsWith(begun));
  return [...own, ...entries.filter((entry) => !own.includes(entry) && keyNames[entry.key][other].startsWith(begun))];
};

/** The value of `key` at the caret, in the list that begins at `at`; or where the list ends before the caret. */
const valueAtCaret = (text: string, key: QueryKey, at: number, caret: number): ValueCompletion | number => {
  for (let start = at; ; start++) {
    const quoted = text[start] === '"';
    const closed = quoted ? endOfQuoted(text, start) : endOf(bareItem, text, start);
    const end = closed !== null && quoted && text[closed] === '*' ? closed + 1 : closed;
    if (end === null || closed === null || caret <= end) {
      const partial = quoted
        ? text.slice(start + 1, closed === null ? caret : Math.min(caret, closed - 1)).replace(/\\(["\\])/g, '$1')
        : text.slice(start, caret);
      return { kind: 'value', start, end: end ?? text.length, key, partial };
    }
    if (text[end] !== ',') return end;
    start = end;
  }
};

/**
 * What the person is typing at `caret`, to offer completions: a key, a value of a key, or null in free text. Never
 * throws; a query that can't be read yet is read as far as the caret.
 */
export const completionAt = (text: string, caret: number, language: Language): Completion | null => {
  for (let at = endOf(spaces, text, 0); at < caret; at = endOf(spaces, text, at)) {
    const start = text[at] === '-' ? at + 1 : at;
    if (caret < start) return null;
    keyAndColon.lastIndex = start;
    const name = keyAndColon.exec(text)?.[1];
    const key = name === undefined ? null : findKey(name);
    if (name !== undefined && key !== null && caret > start + name.length) {
      const found = valueAtCaret(text, key, start + name.length + 1, caret);
      if (typeof found !== 'number') return found;
      // Text glued to a closing quote: no value, and the parser will say so.
      at = Math.max(found, at + 1);
      if (caret <= at) return null;
      continue;
    }
    if (text[start] === '"') {
      const end = endOfQuoted(text, start);
      if (end === null || caret <= end) return null;
      at = end;
      continue;
    }
    const end = endOf(bareWord, text, start);
    if (caret <= end) {
      const partial = text.slice(start, caret);
      if (!letters.test(partial)) return null;
      const keys = namesThatBegin(partial, language);
      return { kind: 'key', start, end: endOf(lettersAndColon, text, start), partial, keys };
    }
    at = end;
  }
  return { kind: 'key', start: caret, end: caret, partial: '', keys: namesThatBegin('', language) };
};

/**
 * The text and the caret after `chosen` (a key's name, or a value as it is in the ledger) takes the place of what was
 * being typed. A value is quoted where it must be, and followed by a space.
 */
export const applyCompletion = (
  text: string,
  completion: Completion,
  chosen: string,
): { readonly text: string; readonly caret: number } => {
  const after = text.slice(completion.end);
  const written =
    completion.kind === 'key'
      ? `${chosen}:`
      : `${formatListed({ text: chosen, prefix: false }, true)}${/^[\s,]/.test(after) ? '' : ' '}`;
  const before = text.slice(0, completion.start) + written;
  return { text: before + after, caret: before.length };
};

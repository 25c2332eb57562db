import { isMarkerColon } from './marker.ts';

/**
 * The sign between a name and its value: `:`, `=`, `:=`, `=>`, with or without quotes and spaces around. Six texts inside
 * each other put 63 backslashes before a quote; with no limit each one of a long run would read it to its end.
 */
const separator = /(?:\\{0,64}["']|&quot;|&#0?3[49];)?[ \t]{0,3}(?::=|=>|[:=]|%3[aAdD])[ \t]{0,3}/g;
/** The one or two words before it. */
const nameBefore = /(?:[\p{L}\p{N}_$][\p{L}\p{N}\p{M}_.$[\]%-]{0,60} )?[\p{L}_$][\p{L}\p{N}\p{M}_.$[\]%-]{1,60}$/u;
const longestName = 130;
const opening = /(?:\\*["']|&quot;|&#0?3[49];)/y;
/** Up to where a value without quotes goes: in a pair of a form or a header it has no spaces, in prose the clause ends it. */
const pairValue = /(?:(?!;\s|;$|;[\w ]{1,40}=)[^\s&"'<>\\])+/y;
const clauseValue = /[^\r\n,;|<>"&]+/y;

export interface FreeTextRules {
  readonly isSecretKey: (name: string) => boolean;
  readonly mark: (secret: string) => string;
}

const decodedName = (name: string): string => {
  if (!name.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    // A percent sign that stands for itself.
    return name;
  }
};

/** Where the value that begins at `from` ends, quotes aside; `after` is past a closing quote. */
const valueSpan = (text: string, from: number, sign: string): { start: number; end: number } => {
  opening.lastIndex = from;
  const quote = opening.exec(text)?.[0];
  if (quote !== undefined) {
    const start = from + quote.length;
    let end = text.indexOf(quote, start);
    // `\"` inside plain quotes belongs to the value.
    while (end > 0 && quote.length === 1 && text[end - 1] === '\\') end = text.indexOf(quote, end + 1);
    return { start, end: end < 0 ? text.length : end };
  }
  const way = sign.includes(':') || sign.includes('3a') || sign.includes('3A') ? clauseValue : pairValue;
  way.lastIndex = from;
  const found = way.exec(text)?.[0] ?? '';
  return { start: from, end: from + found.trimEnd().length };
};

/** `name: value`, `name=value`, `"name" => 'value'` in any text: headers, connection strings, logs, prose. */
export const markNamedValues = (text: string, { isSecretKey, mark }: FreeTextRules): string => {
  let out = '';
  let done = 0;
  separator.lastIndex = 0;
  for (let found = separator.exec(text); found !== null; found = separator.exec(text)) {
    const after = separator.lastIndex;
    const name = nameBefore.exec(text.slice(Math.max(done, found.index - longestName), found.index))?.[0];
    if (name === undefined) continue;
    const last = name.slice(name.indexOf(' ') + 1);
    // Two words make a name before a colon only: `user ana token=…` has its name in one.
    const isSecret = isSecretKey(decodedName(last)) || (/[:>]/.test(found[0]) && isSecretKey(name));
    // An address is no value of its scheme.
    if (!isSecret || text.startsWith('//', after) || isMarkerColon(text, found.index)) continue;
    const { start, end } = valueSpan(text, after, found[0]);
    const secret = text.slice(start, end);
    if (secret.trim() === '' || /^(?:null|true|false|none|undefined)$/i.test(secret.trim())) continue;
    out += text.slice(done, start) + mark(secret);
    done = end;
    separator.lastIndex = Math.max(end, after);
  }
  return done === 0 ? text : out + text.slice(done);
};

const element = /<([\w:.-]{1,60})(?:\s[^<>]{0,500})?>([^<]+)/g;

/** `<password>…</password>`. */
export const markElements = (text: string, { isSecretKey, mark }: FreeTextRules): string =>
  text.replace(element, (all, name: string, content: string) =>
    isSecretKey(name.slice(name.indexOf(':') + 1)) && content.trim() !== ''
      ? all.slice(0, all.length - content.length) + mark(content)
      : all,
  );

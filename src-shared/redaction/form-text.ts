import { encodeAroundMarkers } from './marker.ts';

export interface FormRules {
  readonly isSecretKey: (name: string) => boolean;
  readonly mark: (secret: string) => string;
  /** Redacts what a value says. */
  readonly text: (value: string) => string;
}

const wholeForm = /^[^\s=&]{1,500}=[^\s&]*(?:&[^\s&]*)*$/;
const semicolonPairs = /^\s*[\w .-]{1,60}=[^;\r\n]*(?:;\s*[\w .-]{1,60}=[^;\r\n]*)+;?\s*$/;

/** Between pairs; a quote that HTML spells with an ampersand is part of a value. */
const betweenPairs = /&(?!(?:quot|#0?3[49]);)/;

const decoded = (text: string): string => {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    // A percent sign that stands for itself.
    return spaced;
  }
};

const redactPair = (pair: string, rules: FormRules): string => {
  const sign = pair.indexOf('=');
  const rawName = sign < 0 ? pair : pair.slice(0, sign);
  const name = decoded(rawName);
  if (sign < 0) return redactEncoded(pair, rules);
  const rawValue = pair.slice(sign + 1);
  const value = decoded(rawValue);
  const keptName = redactEncoded(rawName, rules);
  if (rules.isSecretKey(name)) return `${keptName}=${value.trim() === '' ? rawValue : rules.mark(value)}`;
  return `${keptName}=${redactEncoded(rawValue, rules)}`;
};

const redactEncoded = (raw: string, { text }: FormRules): string => {
  const said = decoded(raw);
  const kept = text(said);
  return kept === said ? raw : encodeAroundMarkers(kept);
};

/** `a=1&b=2`: a form's body, or a query string. */
export const redactForm = (text: string, rules: FormRules): string =>
  text
    .split(betweenPairs)
    .map((pair) => redactPair(pair, rules))
    .join('&');

export const looksLikeForm = (text: string): boolean => wholeForm.test(text);

/** `Server=x;Password=y`, `sessionid=x; theme=dark`: connection strings and cookies, whose values may have spaces. */
export const looksLikeSemicolonPairs = (text: string): boolean => semicolonPairs.test(text);

export const redactSemicolonPairs = (text: string, { isSecretKey, mark }: FormRules): string =>
  text
    .split(';')
    .map((pair) => {
      const sign = pair.indexOf('=');
      if (sign < 0 || !isSecretKey(pair.slice(0, sign).trim()) || pair.slice(sign + 1).trim() === '') return pair;
      return `${pair.slice(0, sign + 1)}${mark(pair.slice(sign + 1))}`;
    })
    .join(';');

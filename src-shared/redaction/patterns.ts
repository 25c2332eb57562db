/** Puts a marker in a secret's place. */
export type Mark = (secret: string) => string;

/** From the opening line to its end, or to the end of the text when the key was cut. */
const privateKey =
  /-----BEGIN ((?:[A-Z0-9]{1,20} ){0,3})PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END \1PRIVATE KEY(?: BLOCK)?-----|$)/g;
/**
 * Looked for from where a run of letters begins, and only where two dots follow: else each `eyJ` of a long text without
 * dots would read it to its end.
 */
const jsonWebToken = /(?<![\w-])(?=[\w-]+\.[\w-]{5,}\.)([\w-]*?)\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){1,3}/g;
/** Tokens that say by their beginning what they are; ours among them. */
const knownToken =
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_\w{30,}|xox[abposr]-[\w-]{10,}|[srp]k_(?:live|test)_\w{10,}|sk-[\w-]{20,}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|bitacora_(?:capture|read)_[\w-]{43})(?![\w-])/g;
const scheme = /\b(bearer|basic|token|apikey)([ \t]{1,4})([\w.~+/=-]{8,})/gi;
/** `postgres://user:secret@host`. For a database the secret reaches to the last @: many are written unescaped. */
const databaseAddress = /\b((?!https?:)[a-z][a-z0-9+.-]{1,30}:\/\/[^\s/?#"'<>@:]{0,200}:)([^\s"'<>]{1,300})(?=@)/gi;
const webAddress = /\b(https?:\/\/[^\s/?#"'<>@:]{0,200}:)([^\s/?#"'<>]{1,300})(?=@)/gi;
/** `https://KEY@host`: a key in the user's place. */
const keyAddress = /\b([a-z][a-z0-9+.-]{1,30}:\/\/)([\w-]{16,200})(?=@)/gi;

const hasTokenShape = (text: string): boolean => text.length >= 20 || /[\d._~+/=-]/.test(text);

/** The credentials of basic authentication are `user:password` in base64; a slash of an address may follow. */
const isBasic = (text: string): boolean => {
  const [encoded = ''] = /^[\w+/-]+={0,2}/.exec(text.replace(/\/+$/, '')) ?? [];
  try {
    return atob(encoded.replaceAll('-', '+').replaceAll('_', '/')).includes(':');
  } catch {
    // Not base64: an ordinary word after “basic”.
    return false;
  }
};

/** The first digits of payment cards by length (ISO/IEC 7812 issuers: Visa, Mastercard, Amex, Diners, Discover, JCB, UnionPay, Maestro). */
const cardIssuer: readonly { readonly lengths: readonly number[]; readonly start: RegExp }[] = [
  { lengths: [13, 16, 19], start: /^4/ },
  { lengths: [16], start: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/ },
  { lengths: [15], start: /^3[47]/ },
  { lengths: [14, 16, 19], start: /^3(?:0[0-5]|[689])/ },
  { lengths: [16, 17, 18, 19], start: /^(?:6011|64[4-9]|65|62|35(?:2[89]|[3-8]))/ },
  { lengths: [13, 14, 15, 16, 17, 18, 19], start: /^(?:50|5[6-9]|6[0-9])/ },
];

/** The check digit of ISO/IEC 7812-1, annex B. False for what has other signs than digits, as amounts have. */
const passesLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    let value = digits.charCodeAt(digits.length - 1 - i) - 48;
    if (value < 0 || value > 9) return false;
    if (i % 2 === 1) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return sum % 10 === 0;
};

export const isCardNumber = (digits: string): boolean =>
  cardIssuer.some(({ lengths, start }) => lengths.includes(digits.length) && start.test(digits)) && passesLuhn(digits);

const digitRun = /\d[\d \u00a0-]{11,}\d/g;
const digitGroup = /\d+/g;
const fewestDigits = 13;
const mostDigits = 19;
const hashLike = /[0-9a-f]{24,}/i;

/** Card numbers in one run of digits, spaces and hyphens: whole groups that together are one. */
const markCardsInRun = (run: string, mark: Mark): string => {
  const groups = [...run.matchAll(digitGroup)].map(({ 0: digits, index }) => ({ digits, index }));
  let out = '';
  let done = 0;
  for (let first = 0; first < groups.length; first += 1) {
    let digits = '';
    for (let last = first; last < groups.length && digits.length <= mostDigits; last += 1) {
      const group = groups[last];
      const begin = groups[first]?.index;
      if (!group || begin === undefined) break;
      digits += group.digits;
      if (digits.length < fewestDigits || !isCardNumber(digits)) continue;
      out += run.slice(done, begin) + mark(digits);
      done = group.index + group.digits.length;
      first = last;
      break;
    }
  }
  return out + run.slice(done);
};

const markCards = (text: string, mark: Mark): string =>
  text.replace(digitRun, (run, at: number) => {
    const before = text.slice(Math.max(0, at - 24), at);
    const after = text.slice(at + run.length, at + run.length + 24);
    // A decimal fraction, or digits inside a hash: neither is a card.
    if (/\d\.$/.test(before)) return run;
    if (/[0-9a-f]$/i.test(before) || /^[0-9a-f]/i.test(after)) {
      const around = `${/[0-9a-z]*$/i.exec(before)?.[0]}${run}${/^[0-9a-z]*/i.exec(after)?.[0]}`;
      if (hashLike.test(around)) return run;
    }
    return markCardsInRun(run, mark);
  });

/** Secrets that show by their form, wherever they stand in a text. */
export const markPatterns = (text: string, mark: Mark): string => {
  let out = text;
  if (out.includes('-----BEGIN ')) out = out.replace(privateKey, (key) => mark(key));
  if (out.includes('eyJ')) {
    out = out.replace(jsonWebToken, (all, before: string) => before + mark(all.slice(before.length)));
  }
  if (out.includes('_') || out.includes('-') || /A[KSI]|SG\./.test(out))
    out = out.replace(knownToken, (token) => mark(token));
  if (out.includes('://') && out.includes('@')) {
    out = out
      .replace(databaseAddress, (_all, before: string, secret: string) => before + mark(secret))
      .replace(webAddress, (_all, before: string, secret: string) => before + mark(secret))
      .replace(keyAddress, (_all, before: string, secret: string) => before + mark(secret));
  }
  out = out.replace(scheme, (all, name: string, space: string, token: string) => {
    const isSecret = name.toLowerCase() === 'basic' ? isBasic(token) : hasTokenShape(token);
    return isSecret ? `${name}${space}${mark(token)}` : all;
  });
  return markCards(out, mark);
};

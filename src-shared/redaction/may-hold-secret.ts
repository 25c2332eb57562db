/** Runs of so many letters and digits could be a token, so many digits a card. */
const tokenLength = 16;
const cardDigits = 13;

const credentialsWord = /(?:bearer|basic|token|apikey)$/i;
const instant = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?$/;
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

const isSign = 1;
const isDigit = 2;
const isHyphen = 4;
/** Letters, digits and what tokens have besides: _ - and the + and / of base64. */
const isToken = 8;
/** Between the digits of a card number; a space also ends a word. */
const isSpace = 16;

/** What each character up to U+00A0 counts as; nearly all that is recorded ends here, so it is looked up once. */
const kinds = Uint8Array.from({ length: 161 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[0-9]/.test(character)) return isDigit | isToken;
  if (/[A-Za-z_+/]/.test(character)) return isToken;
  if (character === '-') return isHyphen | isToken;
  if (character === ' ' || character === '\u00a0') return isSpace;
  return /[%<=:]/.test(character) ? isSign : 0;
});

/**
 * False for a text in which there surely is no secret: neither a sign between a name and its value, nor anything of a
 * token's or a card number's length. One pass over the text, since nearly all that is recorded ends here.
 */
export const mayHoldSecret = (text: string): boolean => {
  let run = 0;
  let digits = 0;
  let hyphens = 0;
  let found = false;
  for (let i = 0; i < text.length && !found; i += 1) {
    const code = text.charCodeAt(i);
    const kind = code < kinds.length ? (kinds[code] as number) : 0;
    if ((kind & isToken) === 0) {
      run = 0;
      hyphens = 0;
      if (kind === isSpace) {
        found = code === 32 && i >= 5 && credentialsWord.test(text.slice(Math.max(0, i - 6), i));
        continue;
      }
      digits = 0;
      found = kind === isSign;
      continue;
    }
    run += 1;
    hyphens = (kind & isHyphen) === 0 ? 0 : hyphens + 1;
    if ((kind & isDigit) !== 0) digits += 1;
    else if ((kind & isHyphen) === 0) digits = 0;
    found = run >= tokenLength || digits >= cardDigits || hyphens >= 5;
  }
  return found && !(text.length <= 36 && (instant.test(text) || uuid.test(text)));
};

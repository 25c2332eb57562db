/** Runs of so many letters and digits could be a token, so many digits a card. */
const tokenLength = 16;
const cardDigits = 13;

const credentialsWord = /(?:bearer|basic|token|apikey)$/i;
const instant = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?$/;
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

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
    const isDigit = code >= 48 && code <= 57;
    const isWord = isDigit || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
    const isHyphen = code === 45;
    // Also + and /, which base64 has.
    run = isWord || isHyphen || code === 43 || code === 47 ? run + 1 : 0;
    hyphens = isHyphen ? hyphens + 1 : 0;
    if (isDigit) digits += 1;
    else if (!isHyphen && code !== 32 && code !== 160) digits = 0;
    // % < = :
    const isSign = code === 37 || code === 60 || code === 61 || code === 58;
    const endsWord = code === 32 && i >= 5 && credentialsWord.test(text.slice(Math.max(0, i - 6), i));
    found = isSign || endsWord || run >= tokenLength || digits >= cardDigits || hyphens >= 5;
  }
  return found && !(text.length <= 36 && (instant.test(text) || uuid.test(text)));
};

/** How much of a shared beginning stays in sight before the first difference. */
const kept = 8;
const worthIt = 18;
/** Two values that are shorter than this together fit as they are. */
const fits = 64;

const commonStart = (a: string, b: string): number => {
  const limit = Math.min(a.length, b.length);
  let at = 0;
  while (at < limit && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
};

/** A place to cut that leaves surrogate pairs whole. */
const wholeCharacter = (text: string, cut: number): number => {
  const low = text.charCodeAt(cut);
  return low >= 0xdc00 && low <= 0xdfff ? cut - 1 : cut;
};

/**
 * How many UTF-16 units of two values’ common beginning may be left out of a narrow cell, so that their difference is in
 * sight: cut at a sign such as `/`, never inside a surrogate pair, never past `limit` (where the first hit is).
 */
export const sharedStart = (before: string, after: string, limit: number): number => {
  const common = Math.min(commonStart(before, after), limit);
  if (common < worthIt || before.length + after.length < fits) return 0;
  const sign = before.slice(0, common - 1).search(/[/.,;:\s][^/.,;:\s]*$/);
  const near = sign >= 0 && sign >= common - 3 * kept;
  // A slash shows where a path goes on; a dot after «…» would only be one dot more.
  const cut = near ? sign + (before[sign] === '/' ? 0 : 1) : common - kept;
  return wholeCharacter(before, cut);
};

/**
 * How many UTF-16 units before a value’s first hit may be left out of a narrow cell, so that the hit is in sight. `hit` is
 * where it begins, or null when there is none.
 */
export const startBeforeHit = (text: string, hit: number | null): number =>
  hit === null || hit < worthIt ? 0 : wholeCharacter(text, hit - kept);

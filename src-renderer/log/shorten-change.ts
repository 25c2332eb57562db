/** How much of a shared beginning stays in sight before the first difference. */
const kept = 8;
const worthIt = 18;

const commonStart = (a: string, b: string): number => {
  const limit = Math.min(a.length, b.length);
  let at = 0;
  while (at < limit && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
};

/**
 * How many UTF-16 units of two values’ common beginning may be left out of a narrow cell, so that their difference is in
 * sight: cut at a sign such as `/`, never inside a surrogate pair, never past `limit` (where the first hit is).
 */
export const sharedStart = (before: string, after: string, limit: number): number => {
  const common = Math.min(commonStart(before, after), limit);
  if (common < worthIt) return 0;
  const sign = before.slice(0, common - 1).search(/[/.,;:\s][^/.,;:\s]*$/);
  const near = sign >= 0 && sign >= common - 3 * kept;
  // A slash shows where a path goes on; a dot after «…» would only be one dot more.
  const cut = near ? sign + (before[sign] === '/' ? 0 : 1) : common - kept;
  const low = before.charCodeAt(cut);
  return low >= 0xdc00 && low <= 0xdfff ? cut - 1 : cut;
};

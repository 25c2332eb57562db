/**
 * What stands in a secret's place: `[redacted:` + sixteen letters from a to p + `]`. The letters are 64 bits of a keyed
 * digest, so that equal secrets still compare and nobody without the key can try values. Letters only, and nothing that a
 * form, a header or JSON would have to escape: a marker is never taken for a card number, nor cut in two.
 */
const letters = 'abcdefghijklmnop';

const marker = /^\[redacted:[a-p]{16}\]$/;

export const isMarker = (text: string): boolean => marker.test(text);

const opening = '[redacted:';
const markerHere = /\[redacted:[a-p]{16}\]/y;

/** Whether the colon at a place of a text is a marker's own. */
export const isMarkerColon = (text: string, place: number): boolean => {
  markerHere.lastIndex = place + 1 - opening.length;
  return markerHere.lastIndex >= 0 && markerHere.test(text);
};

/** `digest`: at least 8 bytes. */
export const markerOf = (digest: Uint8Array): string => {
  let text = '';
  for (const byte of digest.subarray(0, 8)) text += `${letters[byte >> 4]}${letters[byte & 15]}`;
  return `[redacted:${text}]`;
};

const encodedMarker = /%5Bredacted%3A([a-p]{16})%5D/gi;

/** Percent-encodes a text, but for the markers in it; half a letter, which can't be, becomes U+FFFD. */
export const encodeAroundMarkers = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(encodedMarker, '[redacted:$1]');

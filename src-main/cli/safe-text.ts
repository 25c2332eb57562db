/**
 * Logged text is somebody else's: it may hold control characters that steer a terminal (ECMA-48) and bidirectional ones
 * that reorder a line (Unicode TR9). They are shown as escapes.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const steering = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const short: Readonly<Record<string, string>> = { '\n': '↵', '\r': '', '\t': '⇥' };

/** One line of a table cell. */
export const asCell = (text: string): string => text.replace(steering, (found) => short[found] ?? escaped(found));

/** JSON whose text can't steer the terminal that shows it; the same value when it is read. */
export const safeJson = (value: unknown): string => JSON.stringify(value).replace(steering, escaped);

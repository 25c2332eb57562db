/** A number of sixteen digits and more, the size from which JavaScript's numbers begin to differ from what was written. */
const longNumber = /[:[,\s]-?\d[\d.]{15,}/;

/** Standard since ES2025 (“JSON.parse source text access”), not yet in TypeScript's library. */
interface ExactJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
}
const exactJson = JSON as unknown as ExactJson;

export const isExactNumber = (value: unknown): boolean => exactJson.isRawJSON(value);

/**
 * The object of a JSON text with its long numbers exactly as they were written: an identifier of twenty digits must not
 * lose its last ones in an audit trail. They come as `JSON.rawJSON` values, which only `JSON.stringify` should touch.
 */
export const exactNumbers = (text: string, parsed: Record<string, unknown>): Record<string, unknown> => {
  if (!longNumber.test(text)) return parsed;
  return exactJson.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source && source.length > 15
      ? exactJson.rawJSON(source)
      : value,
  ) as Record<string, unknown>;
};

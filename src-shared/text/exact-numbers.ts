/** A number of sixteen digits and more, the size from which JavaScript's numbers begin to differ from what was written. */
const longNumber = /(?:^|[:[,\s])-?\d[\d.]{15,}/;

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

/** A long number that stands as it was written, in `rawJSON`. */
export const isExactNumber = (value: unknown): value is { readonly rawJSON: string } => exactJson.isRawJSON(value);

/**
 * The value of a JSON text with its long numbers exactly as they were written: an identifier of twenty digits must not
 * lose its last ones in an audit trail. They come as `JSON.rawJSON` values, which only `JSON.stringify` should touch.
 */
export const exactNumbers = <Value>(text: string, parsed: Value): Value => {
  if (!longNumber.test(text)) return parsed;
  return exactJson.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source && source.length > 15
      ? exactJson.rawJSON(source)
      : value,
  ) as Value;
};

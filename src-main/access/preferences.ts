import type { Desk } from '#main/store/desk.ts';
import { BitacoraError } from '#shared/contract/errors.ts';

/** The longest preference, as UTF-8 bytes of its JSON. */
const maxPreferenceBytes = 65_536;

/** `value` as plain JSON, of which copies can be made; throws `invalid` for what has none (a ring, an endless depth). */
const plainJson = (value: unknown): { readonly plain: unknown; readonly bytes: number } => {
  try {
    const json = JSON.stringify(value ?? null);
    const bytes = Buffer.byteLength(json);
    return { plain: bytes > maxPreferenceBytes ? null : structuredClone(JSON.parse(json) as unknown), bytes };
  } catch (error) {
    throw new BitacoraError('invalid', { fields: 'value' }, { cause: error });
  }
};

/** Remembers one thing of one person's window. Throws `too_large`, and `invalid` for a value that JSON can't write. */
export const rememberPreference = async (desk: Desk, accountId: number, key: string, value: unknown): Promise<void> => {
  const { plain, bytes } = plainJson(value);
  if (bytes > maxPreferenceBytes) throw new BitacoraError('too_large', { limit: maxPreferenceBytes });
  await desk.writePreference(accountId, key, plain);
};

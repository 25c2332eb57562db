import type { Desk } from '#main/store/desk.ts';
import { BitacoraError } from '#shared/contract/errors.ts';

/** The longest preference, as UTF-8 bytes of its JSON. */
const maxPreferenceBytes = 65_536;

/** Remembers one thing of one person's window. Throws `too_large`. */
export const rememberPreference = async (desk: Desk, accountId: number, key: string, value: unknown): Promise<void> => {
  const json = JSON.stringify(value ?? null);
  if (Buffer.byteLength(json) > maxPreferenceBytes) throw new BitacoraError('too_large', { limit: maxPreferenceBytes });
  await desk.writePreference(accountId, key, value ?? null);
};

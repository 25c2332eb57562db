import type { PlainKey, Translate } from '#renderer/i18n/translate.ts';

/** Why a request was refused or nothing could be stored, by the engine's name for it. */
const reasons: Readonly<Record<string, PlainKey>> = {
  disk_full: 'capture.reason.disk_full',
  disk_fault: 'capture.reason.disk_fault',
  ledger_missing: 'capture.reason.ledger_missing',
  ledger_read_only: 'capture.reason.ledger_read_only',
  busy: 'capture.reason.busy',
  capture_off: 'capture.reason.capture_off',
  invalid: 'capture.reason.invalid',
  unreadable: 'capture.reason.unreadable',
  unsupported_media: 'capture.reason.unsupported_media',
  too_large: 'capture.reason.too_large',
  too_many_entries: 'capture.reason.too_many_entries',
  internal: 'capture.reason.internal',
};

/** In the person's words; a reason that this window does not know stays as the engine calls it. */
export const reasonText = (reason: string, t: Translate): string => {
  const key = reasons[reason];
  return key === undefined ? reason : t(key);
};

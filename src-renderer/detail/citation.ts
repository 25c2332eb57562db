import { formatInstantWithOffset } from '#renderer/i18n/zoned-time.ts';
import type { Entry } from '#shared/contract/entry.ts';

/** Enough of an event id to tell entries apart on paper; the whole one is in the data. */
const shortId = 8;

/** `Bitácora 214907 · 2021-02-11 18:04:27 −06:00 · 5d0c1f7a`: id, time with its offset, start of the event id. */
export const citationOf = (entry: Pick<Entry, 'id' | 'occurredAt' | 'eventId'>, zone: string): string =>
  `Bitácora ${entry.id} · ${formatInstantWithOffset(entry.occurredAt, zone)} · ${entry.eventId.slice(0, shortId)}`;

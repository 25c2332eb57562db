import { actorValue, moduleLabel } from '#renderer/grid/columns.ts';
import { formatInstantWithOffset } from '#renderer/i18n/zoned-time.ts';
import { addValue, type Chips, setPeriod } from '#renderer/log/chip.ts';
import type { Entry } from '#shared/contract/entry.ts';

export const aroundMinutes = [1, 5, 15, 60, 1440] as const;
export type AroundMinutes = (typeof aroundMinutes)[number];

export interface Around {
  readonly minutes: AroundMinutes;
  readonly sameUser: boolean;
  readonly sameRecord: boolean;
}

/** The record of an entry as a view: its id, and its module when it has one, since ids repeat between modules. */
export const recordChips = (entry: Pick<Entry, 'recordId' | 'module'>): Chips => {
  const chips = addValue([], 'record', [entry.recordId ?? ''], false);
  return addValue(chips, 'module', [moduleLabel(entry.module)], false);
};

/** A view of what happened around an entry: so many minutes before and after, both included. */
export const aroundChips = (entry: Entry, { minutes, sameUser, sameRecord }: Around, zone: string): Chips => {
  const time = Date.parse(entry.occurredAt);
  // With its offset, a moment means the same in every zone and in the hour that comes twice.
  const moment = (shift: number): string =>
    formatInstantWithOffset(new Date(time + shift * 60_000).toISOString(), zone)
      .replace(' ', 'T')
      .replace(' ', '');
  const chips = setPeriod([], { start: moment(-minutes), end: moment(minutes) });
  const withUser = sameUser ? addValue(chips, 'user', [actorValue(entry.actor)], false) : chips;
  return sameRecord ? [...withUser, ...recordChips(entry)] : withUser;
};

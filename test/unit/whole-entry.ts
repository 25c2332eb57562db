import type { WholeEntry } from '#main/store/whole-entry.ts';

/** An entry with what a test doesn't name left out. */
export const wholeEntry = (given: Partial<WholeEntry> = {}): WholeEntry => ({
  id: 1,
  eventId: '018f3c5e-0000-7000-8000-000000000001',
  occurredAt: 0,
  occurredText: null,
  receivedAt: 0,
  actor: null,
  event: null,
  module: null,
  target: null,
  recordId: null,
  field: null,
  oldValue: null,
  newValue: null,
  detail: null,
  action: null,
  status: null,
  request: null,
  source: null,
  sourceEntryId: null,
  originFile: null,
  originLine: null,
  extra: null,
  ...given,
});

import type { ExportedEntry, ExportFacts } from '#main/export/document.ts';

/** 2026-03-01T16:30:00.123456Z */
export const someInstant = 1_772_382_600_123_456;

/** An entry with what a test doesn't name left out. */
export const exportedEntry = (given: Partial<ExportedEntry> = {}): ExportedEntry => ({
  id: 1,
  eventId: '018f3c5e-0000-7000-8000-000000000001',
  occurredAt: someInstant,
  occurredText: null,
  receivedAt: someInstant,
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

export const exportFacts = (given: Partial<ExportFacts> = {}): ExportFacts => ({
  query: 'evento:UPDATE',
  sort: '-occurredAt',
  ignoreAccents: true,
  selected: false,
  zone: 'America/Mexico_City',
  language: 'es',
  columns: ['id', 'occurredAt', 'event'],
  ledgerEntries: 12,
  newestId: 12,
  rows: 3,
  firstId: 2,
  lastId: 9,
  period: { from: someInstant, to: someInstant },
  missing: { count: 0, ranges: [] },
  ledgerFile: 'ledger.db',
  ledgerId: 'a2f0',
  fingerprint: 'f'.repeat(64),
  operator: 'Ana Ruiz (ana)',
  exportedAt: someInstant,
  version: '0.1.0',
  ...given,
});

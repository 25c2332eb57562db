import type { ExportedEntry, ExportFacts } from '#main/export/document.ts';
import { wholeEntry } from '../whole-entry.ts';

/** 2026-03-01T16:30:00.123456Z */
export const someInstant = 1_772_382_600_123_456;

/** An entry of that instant with what a test doesn't name left out. */
export const exportedEntry = (given: Partial<ExportedEntry> = {}): ExportedEntry =>
  wholeEntry({ occurredAt: someInstant, receivedAt: someInstant, ...given });

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

import { describe, expect, test } from 'vitest';
import { createLogRouter } from '#main/capture/log-files/route-entry.ts';
import type { WholeEntry } from '#main/store/whole-entry.ts';
import { defaultLogFiles, logFileSettingsSchema } from '#shared/contract/log-files.ts';
import { wholeEntry } from '../whole-entry.ts';

const takenBy = (part: Partial<WholeEntry>): string[] =>
  createLogRouter(defaultLogFiles.loggers)(wholeEntry(part)).map(({ file, logger }) => `${logger} → ${file}`);

describe('the loggers that the audit log has', () => {
  test('are settings that hold', () => {
    expect(logFileSettingsSchema.parse(defaultLogFiles)).toEqual(defaultLogFiles);
  });

  test.each([
    [{ event: 'LOGIN' }, ['audit → audit.log']],
    [
      { event: 'UPDATE', target: 'PurchaseOrders' },
      ['purchase_audit → audit.log', 'purchase_orders → purchase_orders.log'],
    ],
    [{ event: 'DELETE', target: 'payments' }, ['purchase_audit → audit.log', 'payments → payments.log']],
    [{ event: 'REQUEST', action: 'POST /api/payments/create/' }, ['audit → audit.log', 'payments → payments.log']],
    [
      { event: 'CREATE', module: { number: 7, name: 'Payments' } },
      ['purchase_audit → audit.log', 'payments → payments.log'],
    ],
    [{ event: 'CREATE', target: 'Repayment' }, ['audit → audit.log']],
  ])('%j', (part, taken) => {
    expect(takenBy(part)).toEqual(taken);
  });
});

test('patterns know no case and no accents, stand for the whole name, and a module goes by its number too', () => {
  const rule = { events: [], modules: [], targets: [], sources: [], actions: [] };
  const taken = (patterns: Partial<typeof rule> | Record<string, string[]>, part: Partial<WholeEntry>): boolean =>
    createLogRouter([{ name: 'one', file: 'one.log', limits: null, rules: [{ ...rule, ...patterns }] }])(
      wholeEntry(part),
    ).length === 1;
  expect(taken({ modules: ['PRODUCCION'] }, { module: { number: 3, name: 'Producción' } })).toBe(true);
  expect(taken({ modules: ['3'] }, { module: { number: 3, name: null } })).toBe(true);
  expect(taken({ sources: ['a.b'] }, { source: 'axb' })).toBe(false);
  expect(taken({ sources: ['*'] }, { source: null })).toBe(false);
  expect(taken({ sources: ['(a|[b'] }, { source: '(A|[B' })).toBe(true);
  expect(taken({ actions: ['GET *'], events: ['REQUEST'] }, { action: 'GET /a\n/b', event: 'REQUEST' })).toBe(true);
  expect(taken({ actions: ['GET *'], events: ['REQUEST'] }, { action: 'GET /a', event: 'UPDATE' })).toBe(false);
});

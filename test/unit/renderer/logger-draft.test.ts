import { describe, expect, test } from 'vitest';
import {
  draftOf,
  draftProblem,
  dropLogger,
  emptyRule,
  keepDraft,
  type LoggerDraft,
  moveLoggerUp,
  ownerOf,
} from '#renderer/capture/logger-draft.ts';
import { defaultLogFiles, type Logger, logFileSettingsSchema } from '#shared/contract/log-files.ts';

const { loggers } = defaultLogFiles;
const placeOf = (name: string, among: readonly Logger[] = loggers): number =>
  among.findIndex((logger) => logger.name === name);
const named = (name: string, among: readonly Logger[] = loggers): Logger => {
  const found = among[placeOf(name, among)];
  if (!found) throw new Error(`no logger ${name}`);
  return found;
};
/** What the engine would say of them. */
const hold = (kept: readonly Logger[]): boolean =>
  logFileSettingsSchema.safeParse({ enabled: true, loggers: kept }).success;
const wells: LoggerDraft = {
  ...{ name: 'wells', file: 'wells.log', megabytes: '1,5', backups: '3', everything: false },
  rules: [{ ...emptyRule, targets: ['Pozo*'] }],
};

test('a draft of each of the usual loggers changes nothing', () => {
  for (const [at, logger] of loggers.entries()) {
    expect(draftProblem(draftOf(logger), loggers, at)).toBeNull();
    expect(keepDraft(draftOf(logger), loggers, at)).toEqual(loggers);
  }
});

test('a new one comes first, with a file of its own or within another one’s limits', () => {
  const [own, ...rest] = keepDraft(wells, loggers, null);
  expect(own).toEqual({
    name: 'wells',
    file: 'wells.log',
    limits: { maxBytes: 1.5 * 1024 * 1024, backups: 3 },
    rules: wells.rules,
  });
  expect(rest).toEqual(loggers);
  const draft = { ...wells, file: ' AUDIT.log ', megabytes: '' };
  expect(ownerOf(draft, loggers, null)?.name).toBe('audit');
  expect(draftProblem(draft, loggers, null)).toBeNull();
  const shared = keepDraft(draft, loggers, null);
  expect(shared[0]).toMatchObject({ file: 'audit.log', limits: null });
  expect(hold(shared)).toBe(true);
});

describe('a file whose owner goes away stays with its limits', () => {
  const first = { maxBytes: 20 * 1024 * 1024, backups: 10 };
  test('when it gets another file', () => {
    const at = placeOf('audit');
    const kept = keepDraft({ ...draftOf(named('audit')), file: 'all.log' }, loggers, at);
    expect(named('purchase_audit', kept).limits).toEqual(first);
    expect(named('audit', kept)).toMatchObject({ file: 'all.log', limits: first });
    expect(hold(kept)).toBe(true);
  });
  test('when it moves into the file of another one', () => {
    const kept = keepDraft({ ...draftOf(named('audit')), file: 'payments.log' }, loggers, placeOf('audit'));
    expect(named('audit', kept).limits).toBeNull();
    expect(named('purchase_audit', kept).limits).toEqual(first);
    expect(hold(kept)).toBe(true);
  });
  test('when it is removed', () => {
    const kept = dropLogger(loggers, placeOf('audit'));
    expect(kept).toHaveLength(loggers.length - 1);
    expect(named('purchase_audit', kept).limits).toEqual(first);
    expect(hold(kept)).toBe(true);
  });
});

test('the owner’s file keeps one spelling', () => {
  const kept = keepDraft({ ...draftOf(named('audit')), file: 'Audit.log' }, loggers, placeOf('audit'));
  expect(kept).toEqual(loggers);
});

test.each([
  ['capture.loggers.wrong.name', { name: 'Wells' }],
  ['capture.loggers.wrong.name', { name: '' }],
  ['capture.loggers.wrong.name', { name: 'a b' }],
  ['capture.loggers.wrong.twice', { name: 'payments' }],
  ['capture.loggers.wrong.file', { file: '../x.log' }],
  ['capture.loggers.wrong.file', { file: 'x.txt' }],
  ['capture.loggers.wrong.file', { file: 'bitacora.log' }],
  ['capture.loggers.wrong.size', { megabytes: '' }],
  ['capture.loggers.wrong.size', { megabytes: '0' }],
  ['capture.loggers.wrong.size', { megabytes: '2049' }],
  ['capture.loggers.wrong.size', { megabytes: 'many' }],
  ['capture.loggers.wrong.copies', { backups: '0' }],
  ['capture.loggers.wrong.copies', { backups: '1,5' }],
  ['capture.loggers.wrong.copies', { backups: '1001' }],
  ['capture.loggers.wrong.rule', { rules: [...wells.rules, emptyRule] }],
  ['capture.loggers.wrong.rule', { rules: [] }],
])('%s: %j', (problem, patch) => {
  expect(draftProblem({ ...wells, ...patch }, loggers, null)).toBe(problem);
});

test('what a draft says that has no problem, the engine takes', () => {
  for (const patch of [{}, { everything: true }, { megabytes: '0.001' }, { megabytes: '2048', backups: '1000' }]) {
    const draft = { ...wells, ...patch };
    expect(draftProblem(draft, loggers, null)).toBeNull();
    expect(hold(keepDraft(draft, loggers, null))).toBe(true);
  }
});

test('one goes before the one of its file that is asked before it', () => {
  const at = placeOf('audit');
  const kept = moveLoggerUp(loggers, at);
  expect(kept.map(({ name }) => name)).toEqual(['audit', 'purchase_audit', 'payments', 'purchase_orders']);
  expect(moveLoggerUp(loggers, 0)).toEqual(loggers);
  expect(moveLoggerUp(loggers, placeOf('payments'))).toEqual(loggers);
  const apart = [...loggers, { ...named('purchase_audit'), name: 'last' }];
  expect(moveLoggerUp(apart, 4).map(({ name }) => name)).toEqual([
    ...['purchase_audit', 'last', 'audit', 'payments', 'purchase_orders'],
  ]);
});

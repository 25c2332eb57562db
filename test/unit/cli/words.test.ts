import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '#main/cli/exit-code.ts';
import { chooseLanguage } from '#main/cli/language.ts';
import { queryWordsLast } from '#main/cli/query-words.ts';
import { inWrittenOrder } from '#main/cli/rotated-sets.ts';
import { BitacoraError } from '#shared/contract/errors.ts';

describe('the words of a command', () => {
  it.each([
    [['--lang', 'es'], { LANG: 'en_US.UTF-8' }, 'es'],
    [['query', 'x', '--lang=en'], { LANG: 'es_MX.UTF-8' }, 'en'],
    [[], { LANG: 'es_MX.UTF-8' }, 'es'],
    [[], { LC_ALL: 'C', LANG: 'es_MX.UTF-8' }, 'en'],
    [[], { LC_ALL: '', LC_MESSAGES: 'es_ES', LANG: 'en_US' }, 'es'],
    [['query', '--', '--lang', 'es'], {}, 'en'],
    [['--lang'], {}, 'en'],
    [[], {}, 'en'],
  ] as const)('%j under %j speaks %s', (words, env, language) => {
    expect(chooseLanguage(words, env)).toBe(language);
  });

  it('a condition that excludes is no option', () => {
    expect(queryWordsLast(['query', '-evento:UPDATE', 'ana', '--count'])).toEqual([
      'query',
      'ana',
      '--count',
      '--',
      '-evento:UPDATE',
    ]);
    for (const untouched of [
      ['query', 'x', '--sort', '-occurredAt', '-h'],
      ['query', '--', '-evento:UPDATE'],
      ['import', '-x.csv'],
      [],
    ]) {
      expect(queryWordsLast(untouched)).toEqual(untouched);
    }
  });

  it('a rotated set is read as it was written', () => {
    expect(
      inWrittenOrder(['l/audit.log', 'other.csv', 'l/audit.log.1', 'l/audit.log.10.gz', 'l/audit.log.2', 'x.2025.csv']),
    ).toEqual(['l/audit.log.10.gz', 'l/audit.log.2', 'l/audit.log.1', 'l/audit.log', 'other.csv', 'x.2025.csv']);
    expect(inWrittenOrder(['b.csv', 'a.csv', 'b.csv'])).toEqual(['b.csv', 'b.csv', 'a.csv']);
  });
});

describe('the exit code', () => {
  it.each([
    ['usage', 2],
    ['query_unreadable', 2],
    ['file_not_found', 2],
    ['file_unreadable', 2],
    ['ledger_missing', 2],
    ['invalid', 2],
    ['ledger_locked', 1],
    ['ledger_newer', 1],
    ['ledger_damaged', 1],
    ['disk_full', 1],
    ['cancelled', 1],
    ['conflict', 1],
    ['internal', 1],
  ] as const)('of %s is %i', (code, expected) => {
    expect(exitCodeOf(new BitacoraError(code))).toBe(expected);
  });
});

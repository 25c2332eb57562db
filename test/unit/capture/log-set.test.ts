import { expect, test } from 'vitest';
import { setMembers } from '#main/capture/follow/log-set.ts';

const namesOf = (names: readonly string[]): string[] => setMembers('audit.log', names).map(({ name }) => name);

test('a set is read in the order in which it was written', () => {
  expect(namesOf(['audit.log', 'audit.log.1', 'audit.log.10.gz', 'audit.log.2.gz', 'audit.log.9'])).toEqual([
    'audit.log.10.gz',
    'audit.log.9',
    'audit.log.2.gz',
    'audit.log.1',
    'audit.log',
  ]);
  expect(namesOf(['audit.log', 'audit.log-20260302.gz', 'audit.log-20260301.gz', 'audit.log-20260303'])).toEqual([
    'audit.log-20260301.gz',
    'audit.log-20260302.gz',
    'audit.log-20260303',
    'audit.log',
  ]);
  expect(namesOf(['audit.log.2026-03-02_10-30-00', 'audit.log.2026-03-02_09-30-00', 'audit.log'])).toEqual([
    'audit.log.2026-03-02_09-30-00',
    'audit.log.2026-03-02_10-30-00',
    'audit.log',
  ]);
});

test('what only begins alike is not of the set, and what is being packed counts once', () => {
  expect(
    namesOf(['audit.log.txt', 'audit.log2', 'audit.logs', 'audit.log.1.bak', 'my-audit.log', 'audit.log.gz']),
  ).toEqual([]);
  expect(setMembers('audit.log', ['audit.log.1', 'audit.log.1.gz', 'audit.log'])).toEqual([
    { name: 'audit.log.1', live: false, packed: false },
    { name: 'audit.log', live: true, packed: false },
  ]);
});

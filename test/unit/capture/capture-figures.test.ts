import { expect, test } from 'vitest';
import { createCaptureFigures } from '#main/capture/capture-figures.ts';
import { BitacoraError, cancelled } from '#shared/contract/errors.ts';

const start = Date.UTC(2026, 2, 10, 9);

test('what waits, was stored and was refused is told; trouble heals with the next entry that is stored', () => {
  let now = start;
  const figures = createCaptureFigures(() => now);
  const heard: number[] = [];
  figures.onChange(() => heard.push(figures.state().waiting));

  const first = figures.begin();
  const second = figures.begin();
  expect(figures.state()).toMatchObject({ waiting: 2, stored: 0, trouble: null });
  now += 1000;
  second.failed(new BitacoraError('not_accepting', { reason: 'disk_full' }));
  expect(figures.state()).toMatchObject({
    waiting: 1,
    refused: [{ reason: 'disk_full', requests: 1, lastAt: '2026-03-10T09:00:01.000Z' }],
    trouble: { reason: 'disk_full', at: '2026-03-10T09:00:01.000Z', healedAt: null },
  });
  now += 1000;
  first.stored({ stored: 2, duplicates: 1, ids: [1, 2, 2] });
  expect(figures.state()).toMatchObject({
    waiting: 0,
    stored: 2,
    duplicates: 1,
    trouble: { reason: 'disk_full', healedAt: '2026-03-10T09:00:02.000Z' },
  });
  expect(heard.at(-1)).toBe(0);
});

test('a wrong token, a wrong entry, a switch and whoever goes away are no trouble of ours', () => {
  const figures = createCaptureFigures(() => start);
  figures.refused(new BitacoraError('unauthenticated'));
  figures.refused(new BitacoraError('invalid', { fields: 'event' }));
  figures.refused(new BitacoraError('not_accepting', { reason: 'capture_off' }));
  figures.begin().failed(cancelled());
  const { refused, trouble, waiting } = figures.state();
  expect(refused.map(({ reason }) => reason).sort()).toEqual(['capture_off', 'invalid', 'unauthenticated']);
  expect([trouble, waiting]).toEqual([null, 0]);
});

test('rates leave with their minute and their hour; of too many sources those heard of last are kept', () => {
  let now = start;
  const figures = createCaptureFigures(() => now);
  figures.hear(new Map([['wells', 4]]));
  now += 30_000;
  figures.hear(new Map([['wells', 1]]));
  expect(figures.heard().get('wells')).toEqual({ lastMinute: 5, lastHour: 5, lastSeenAt: now });
  now += 45_000;
  expect(figures.heard().get('wells')).toMatchObject({ lastMinute: 1, lastHour: 5 });
  now += 3_600_000;
  expect(figures.heard().get('wells')).toMatchObject({ lastMinute: 0, lastHour: 0 });
  for (let one = 0; one < 1000; one += 1) figures.hear(new Map([[`s${one}`, 1]]));
  expect(figures.heard().size).toBe(1000);
  expect(figures.heard().has('wells')).toBe(false);
});

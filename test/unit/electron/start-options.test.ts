import { expect, test } from 'vitest';
import { readStartOptions } from '#main/electron/start-options.ts';

test.each([
  [['electron', '.'], undefined, false],
  [['electron', '--no-sandbox', '.', '--data=libro', '--demo'], '/home/ana/libro', true],
  [['bitacora', '--data', '/srv/libro'], '/srv/libro', false],
  [['bitacora', '--data='], undefined, false],
  [['bitacora', '--data'], undefined, false],
  [['bitacora', '--database=x'], undefined, false],
])('%j', (argv, dataFolder, demo) => expect(readStartOptions(argv, '/home/ana')).toEqual({ dataFolder, demo }));

import { serveThread } from '#main/store/threads/serve-thread.ts';
import { BitacoraError, cancelled } from '#shared/contract/errors.ts';

/** A thread for tests: it answers, fails in both ways, counts until it is stopped, or ends. */
serveThread<{ readonly refuse: boolean }>(({ refuse }, { shouldStop }) => {
  if (refuse) throw new BitacoraError('ledger_locked', { path: 'here' });
  return {
    run: (operation, { input, progress }) => {
      if (operation === 'echo') return input;
      if (operation === 'expected') throw new BitacoraError('disk_full');
      if (operation === 'bug') throw new TypeError('a bug of the thread');
      if (operation === 'end') process.exit(3);
      progress('begun');
      while (!shouldStop());
      throw cancelled();
    },
    close: () => undefined,
  };
});

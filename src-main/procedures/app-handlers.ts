import { runIngest } from '#main/capture/run-ingest.ts';
import type { HandlersFor } from '#main/engine/context.ts';
import type { LedgerHolder } from '#main/engine/ledger-holder.ts';
import { openDemoSession } from '#main/procedures/access-handlers.ts';
import { BitacoraError, cancelled } from '#shared/contract/errors.ts';
import type { Status } from '#shared/contract/procedures.ts';

type AppProcedure = 'app.status' | 'app.watch' | 'setup.openDemo' | 'setup.leaveDemo';

/** The demo that a newcomer sees: large enough to feel like a system, small enough to be there in moments. */
const demoRows = 50_000;
const demoSeed = 1;

/** At most this often does a watcher hear of changes, milliseconds. */
const tellEveryMs = 300;

export const createAppHandlers = (holder: LedgerHolder, version: string): HandlersFor<AppProcedure> => {
  const status = async (): Promise<Status> => {
    // Whoever asks again after a failure wants it tried again: the disk may be back, the other window closed.
    if (holder.state().state === 'failed') await holder.open();
    const { state, path, error, demo } = holder.state();
    const ledger = holder.orNull();
    if (!ledger) {
      return {
        version,
        ledger: { state, path, error, entries: 0, indexed: 0, bytes: 0, demo },
        needsSetup: state === 'missing',
      };
    }
    const info = await ledger.info();
    const accounts = ledger.desk ? await ledger.desk.countAccounts() : 1;
    return { version, ledger: { state, path, error, ...info, demo: ledger.demo }, needsSetup: accounts === 0 };
  };

  return {
    'app.status': () => status(),
    'app.watch': (_input, { signal, event }) =>
      new Promise((_resolve, reject) => {
        let timer: NodeJS.Timeout | null = null;
        const tell = (): void => {
          timer ??= setTimeout(() => {
            timer = null;
            status().then(
              (value) => event({ kind: 'status', status: value }),
              // The ledger is being changed or closed; the next change is told again.
              () => undefined,
            );
          }, tellEveryMs);
        };
        const forget = holder.onChange(tell);
        signal.addEventListener('abort', () => {
          forget();
          if (timer) clearTimeout(timer);
          reject(cancelled());
        });
        tell();
      }),
    'setup.openDemo': async (_input, { signal, progress, caller }) => {
      // Whoever has not signed in may look at the demo instead of an empty desk, not shut a ledger that is in use.
      const open = holder.orNull();
      if (caller.kind === 'anonymous' && open?.desk && !open.demo && (await open.desk.countAccounts()) > 0) {
        throw new BitacoraError('unauthenticated');
      }
      await holder.use('demo');
      try {
        const ledger = await holder.ensure();
        const { entries } = await ledger.info();
        if (!ledger.demo || entries < demoRows) {
          await ledger.markDemo();
          await runIngest(
            'demo',
            { rows: demoRows, seed: demoSeed },
            { writer: await ledger.connectWriter(), signal, onProgress: progress },
          );
          ledger.written();
        }
        if (!ledger.desk) throw new BitacoraError('ledger_read_only', { path: ledger.file });
        return await openDemoSession(ledger.desk);
      } catch (error) {
        await holder.use('own');
        throw error;
      }
    },
    'setup.leaveDemo': async () => {
      await holder.use('own');
      return {};
    },
  };
};

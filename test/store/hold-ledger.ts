import { readerThread } from '#main/query/reader-thread.ts';
import { openLedger } from '#main/store/sqlite/open-ledger.ts';
import { BitacoraError } from '#shared/contract/errors.ts';

/** A process of its own that opens the ledger of the folder it is given, says so, and holds it until it is killed. */
const dataFolder = process.argv[2] ?? '';
const nothing = (): void => undefined;
try {
  await openLedger({ dataFolder, access: 'write', readerThread, onIndexed: nothing, onFault: nothing });
  process.stdout.write('open\n');
  process.stdin.resume();
} catch (error) {
  process.stdout.write(`${error instanceof BitacoraError ? error.code : String(error)}\n`);
}

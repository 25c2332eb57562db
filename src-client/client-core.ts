import { createRedactor, type Redactor } from '#shared/redaction/redactor.ts';
import { createPress } from './batch.ts';
import type { Batch } from './packed-batch.ts';
import { createSender } from './sender.ts';
import { openSpool } from './spool.ts';
import { openSpoolDigest } from './spool-key.ts';

/** What the part that redacts, writes and sends has to know; it can be handed to a thread. */
export interface CoreOptions {
  readonly url: string;
  readonly token: string;
  readonly spoolFolder: string;
  readonly secretKeys: readonly string[];
  readonly maxSpoolBytes: number;
  readonly source: string | null;
  readonly sync: boolean;
}

export interface CoreState {
  readonly files: number;
  readonly bytes: number;
  readonly sent: number;
  readonly refused: number;
  readonly dropped: number;
  readonly problem: string | null;
}

/** Takes secrets out of what is recorded, and sends it; what is not taken at once is kept on disk until it is. */
export interface ClientCore {
  /** Resolves when the batch is on disk, here or where it was sent, with how much of it found no room. */
  take(batch: Batch): Promise<number>;
  state(): CoreState;
  /** Waits for what was taken, then stops. */
  close(): Promise<void>;
}

export const openRedactor = ({ spoolFolder, secretKeys }: CoreOptions): Redactor =>
  createRedactor({ keys: secretKeys, digest: openSpoolDigest(spoolFolder) });

/** Where a core works. */
export interface CorePlace {
  readonly thread: number;
  /** Nothing else is done there. */
  readonly isOwn: boolean;
}

/** `changed` is told when the state is another. Throws when the folder can't be made. */
export const createClientCore = (
  options: CoreOptions,
  { thread, isOwn }: CorePlace,
  changed: () => void,
): ClientCore => {
  const { url, token, source } = options;
  const spool = openSpool(
    { folder: options.spoolFolder, mostBytes: options.maxSpoolBytes, sync: options.sync, mayBlock: isOwn },
    thread,
  );
  const { press, giveBack } = createPress(openRedactor(options), source);
  const sender = createSender({ url, token, spool, changed });
  let dropped = 0;
  let last: Promise<unknown> = Promise.resolve();
  let underWay = 0;
  const deliver = async (batch: Batch, isAlone: boolean): Promise<number> => {
    const { lines, broken } = press(batch);
    const isTaken = lines.ends.length === 0 || (isAlone && (await sender.sendNow(lines)));
    const lost = broken + (isTaken ? 0 : await spool.write(lines));
    // The spool keeps in memory what it has written.
    if (isTaken) giveBack(lines);
    dropped += lost;
    changed();
    return lost;
  };
  return {
    take: (batch) => {
      // One after the other, so that what is sent and what is written keeps its order. What comes while something is being
      // sent goes to disk: Bitácora may be slower than what comes, and memory holds less.
      const isAlone = underWay === 0;
      underWay += 1;
      const delivered = last.then(() => deliver(batch, isAlone));
      const ended = (): void => {
        underWay -= 1;
      };
      last = delivered.then(ended, ended);
      return delivered;
    },
    state: () => ({ ...spool.state(), ...sender.state(), dropped }),
    close: async () => {
      await spool.close();
      await sender.close();
    },
  };
};

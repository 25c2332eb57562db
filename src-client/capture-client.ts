import { mkdirSync } from 'node:fs';
import { defaultSecretKeys } from '#shared/redaction/secret-keys.ts';
import { clearEntry, createPress } from './batch.ts';
import type { CapturedEntry } from './captured-entry.ts';
import { type CoreOptions, createClientCore, openRedactor } from './client-core.ts';
import { startClientThread } from './client-thread.ts';
import { eventIdOf, idsOfSeed, newIdSeed } from './event-ids.ts';
import type { EndedExchange } from './exchange.ts';
import { type Batch, createBatchPacker } from './packed-batch.ts';
import { writeSpoolFileNow } from './spool.ts';

export interface CaptureClientOptions {
  /** Where `bitacora serve` answers: `http://127.0.0.1:4701`. */
  readonly url: string;
  /** A capture token. */
  readonly token: string;
  /** A folder of this program's own, for what waits to be sent. */
  readonly spoolFolder: string;
  /** Names whose values are secrets; the common ones unless told. */
  readonly secretKeys?: readonly string[];
  /** What may wait on disk, bytes; 256 MiB unless told. Beyond it entries are dropped, and counted. */
  readonly maxSpoolBytes?: number;
  /** The system that entries come from; the token's name unless told. */
  readonly source?: string;
  /**
   * Whether what waits is forced to the disk itself (fsync) before it counts as kept; true unless told. With false it
   * survives the program's end all the same, but not the machine's.
   */
  readonly sync?: boolean;
  /** Whether the work is done in a thread of its own; true unless told. */
  readonly thread?: boolean;
}

/** How it goes with what was recorded since the start. */
export interface CaptureStatus {
  /** All that waits to be stored in Bitácora: entries in memory, for up to a tenth of a second, and files of entries on disk. */
  readonly waitingEntries: number;
  readonly waitingFiles: number;
  /** Of the files. */
  readonly waitingBytes: number;
  readonly sent: number;
  /** Entries that Bitácora refused; they are kept in `refused/` of the spool folder. */
  readonly refused: number;
  /** Entries that found no room, or could not be told. */
  readonly dropped: number;
  /** Why nothing is being sent at the moment; null when all is well. */
  readonly problem: string | null;
}

export interface CaptureClient {
  /** Takes an entry as it is now: never waits, never throws. Its secrets are gone before anything is written. */
  record(entry: CapturedEntry): void;
  /** The same for a request and its answer: what the middleware calls. */
  recordExchange(exchange: EndedExchange): void;
  /** The entry without its secrets, with its event id and time: for whoever keeps it elsewhere first. Throws what `JSON.stringify` throws. */
  prepare(entry: CapturedEntry): CapturedEntry & { readonly eventId: string };
  /** Resolves when all of the entries are on disk, here or in Bitácora; rejects when one is not, and then all may be given again. */
  keep(entries: readonly CapturedEntry[]): Promise<void>;
  /** Resolves when what was recorded by now is on disk, here or in Bitácora. */
  flush(): Promise<void>;
  status(): CaptureStatus;
  /** Writes what is in memory to disk and stops; what is not sent by then is sent after the next start. */
  close(): Promise<void>;
}

/** What is to be done when the process ends by itself, by each client that is open. */
const atEnd = new Set<() => void>();
const runAtEnd = (): void => {
  for (const finish of atEnd) finish();
};
const addAtEnd = (finish: () => void): void => {
  if (atEnd.size === 0) process.on('exit', runAtEnd);
  atEnd.add(finish);
};
const removeAtEnd = (finish: () => void): void => {
  atEnd.delete(finish);
  if (atEnd.size === 0) process.off('exit', runAtEnd);
};

const defaultSpoolBytes = 256 * 1024 * 1024;
/**
 * Entries are sent, or go to disk, together after so many milliseconds, or when there are so many, or so many bytes of
 * them. With what sending may take (`directPatience`) they are on a disk within a tenth of a second.
 */
const patience = 50;
const batchItems = 1000;
const batchBytes = 4 * 1024 * 1024;
/**
 * So many exchanges, or so many bytes of their bodies, are told together. Beside a program’s own work each would find
 * neither the code nor the memory for it in the processor’s caches, and take several times as long.
 */
const toldTogether = 64;
const bytesToldTogether = 1024 * 1024;
/** So much waits in memory at most while the disk is busy. */
const memoryBytes = 32 * 1024 * 1024;

/** JSON of an entry; numbers that JSON has no place for become texts. */
const toJson = (entry: CapturedEntry): string => {
  try {
    return JSON.stringify(entry);
  } catch {
    return JSON.stringify(entry, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  }
};

/**
 * Sends what a program records to Bitácora, through a bounded queue on disk. Throws when the folder can't be made, or when
 * the address is none.
 */
export const createCaptureClient = (given: CaptureClientOptions): CaptureClient => {
  const options: CoreOptions = {
    url: given.url,
    token: given.token,
    spoolFolder: given.spoolFolder,
    secretKeys: given.secretKeys ?? defaultSecretKeys,
    maxSpoolBytes: given.maxSpoolBytes ?? defaultSpoolBytes,
    source: given.source ?? null,
    sync: given.sync ?? true,
  };
  // Else the thread would find out, with nobody to tell it to.
  new URL(options.url);
  mkdirSync(options.spoolFolder, { recursive: true, mode: 0o700 });
  const redactor = openRedactor(options);
  const core =
    given.thread === false
      ? createClientCore(options, { thread: 0, isOwn: false }, () => undefined)
      : startClientThread(options);

  const packer = createBatchPacker();
  /** Exchanges that are over and not in the packer yet. */
  const ended: EndedExchange[] = [];
  let bytesEnded = 0;
  /** Handed over, and not yet known to be on disk. */
  const underWay = new Map<Batch, number>();
  let bytesUnderWay = 0;
  let dropped = 0;
  let closed = false;
  let timer: NodeJS.Timeout | null = null;

  /** How much of the batch is not on disk. */
  const handOver = async (batch: Batch): Promise<number> => {
    const size = batch.bytes.length + batch.numbers.byteLength + batch.forms.byteLength;
    underWay.set(batch, size);
    bytesUnderWay += size;
    try {
      return await core.take(batch);
    } catch {
      // No memory to hand it over with: it is counted, and the program goes on.
      dropped += batch.count;
      return batch.count;
    } finally {
      underWay.delete(batch);
      bytesUnderWay -= size;
    }
  };
  const packEnded = (): void => {
    for (const exchange of ended) {
      try {
        packer.addExchange(exchange.tell());
      } catch {
        dropped += 1;
      }
    }
    ended.length = 0;
    bytesEnded = 0;
  };
  const flushItems = (): void => {
    packEnded();
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (packer.count > 0) void handOver(packer.take());
  };
  /** Counts what finds none. */
  const hasRoom = (size: number): boolean => {
    const fits = !closed && packer.size + bytesEnded + bytesUnderWay + size <= memoryBytes;
    if (!fits) dropped += 1;
    return fits;
  };
  const startTimer = (): void => {
    timer ??= setTimeout(flushItems, patience).unref();
  };
  const added = (): void => {
    if (packer.count >= batchItems || packer.size >= batchBytes) flushItems();
    else startTimer();
  };

  /** A process that ends by itself takes nothing along: the last tenth of a second is written while it ends. */
  const atExit = (): void => {
    try {
      const { press } = createPress(redactor, options.source);
      packEnded();
      const bodies = [...underWay.keys(), packer.take()].map((batch) => press(batch).lines.bytes);
      const body = Buffer.concat(bodies);
      if (body.length > 0) writeSpoolFileNow(options.spoolFolder, body);
    } catch {
      // The disk is full, and nobody is left to be told.
    }
  };
  addAtEnd(atExit);

  const flush = async (): Promise<void> => {
    flushItems();
    // What is handed over is done in its order.
    await core.take(createBatchPacker().take());
  };

  return {
    record: (entry) => {
      try {
        const text = toJson(entry);
        if (!hasRoom(text.length)) return;
        packEnded();
        packer.addEntry(text);
        added();
      } catch {
        // A ring, or a getter that throws: the program that is watched must not hear of it.
        dropped += 1;
      }
    },
    recordExchange: (exchange) => {
      try {
        const size = exchange.keptBytes;
        if (!hasRoom(size)) return;
        ended.push(exchange);
        bytesEnded += size;
        if (ended.length < toldTogether && bytesEnded < bytesToldTogether) startTimer();
        else {
          packEnded();
          added();
        }
      } catch {
        // Not even memory to hand it over with: the program that is watched must not hear of it.
        dropped += 1;
      }
    },
    prepare: (entry) => {
      const seed = newIdSeed();
      const cleared = clearEntry(JSON.parse(toJson(entry)) as CapturedEntry, redactor);
      return {
        ...cleared,
        eventId: cleared.eventId ?? eventIdOf(seed, 0),
        occurredAt: cleared.occurredAt ?? new Date(seed.at).toISOString(),
      };
    },
    keep: async (entries) => {
      flushItems();
      const texts = entries.map(toJson);
      for (let from = 0; from < texts.length; from += idsOfSeed) {
        const some = createBatchPacker();
        for (const text of texts.slice(from, from + idsOfSeed)) some.addEntry(text);
        const lost = closed ? some.count : await handOver(some.take());
        if (lost > 0) throw new Error(`${lost} entries found no room`);
      }
    },
    flush,
    status: () => {
      const { files, bytes: waitingBytes, sent, refused, dropped: lost, problem } = core.state();
      let waitingEntries = packer.count + ended.length;
      for (const batch of underWay.keys()) waitingEntries += batch.count;
      return { waitingEntries, waitingFiles: files, waitingBytes, sent, refused, dropped: lost + dropped, problem };
    },
    close: async () => {
      if (closed) return;
      await flush();
      closed = true;
      removeAtEnd(atExit);
      await core.close();
    },
  };
};

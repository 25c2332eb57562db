import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { capturedEntrySchema } from '#shared/contract/capture.ts';
import { createRedactor, type Redactor } from '#shared/redaction/redactor.ts';
import { defaultSecretKeys } from '#shared/redaction/secret-keys.ts';
import { createSender } from './sender.ts';
import { openSpool } from './spool.ts';
import { openSpoolDigest } from './spool-key.ts';

/** An entry as `POST /api/entries` takes it; everything may be left out. */
export type CapturedEntry = z.input<typeof capturedEntrySchema>;

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
}

/** How it goes with what was recorded since the start. */
export interface CaptureStatus {
  /** Entries in memory, for less than a tenth of a second, and files of entries on disk. */
  readonly waitingEntries: number;
  readonly waitingFiles: number;
  readonly waitingBytes: number;
  readonly sent: number;
  /** Entries that Bitácora refused; they are kept in `refused/` of the spool folder. */
  readonly refused: number;
  /** Entries that found no room. */
  readonly dropped: number;
  /** Why nothing is being sent at the moment; null when all is well. */
  readonly problem: string | null;
}

export interface CaptureClient {
  /** Takes an entry: never waits, never throws. Its secrets are gone before anything is written. */
  record(entry: CapturedEntry): void;
  status(): CaptureStatus;
  /** Writes what is in memory to disk and stops; what is not sent by then is sent after the next start. */
  close(): Promise<void>;
}

/** A random UUID of version 7 (RFC 9562, section 5.7): what is sent twice is stored once. */
const newEventId = (): string => {
  const id = randomBytes(16);
  id.writeUIntBE(Date.now(), 0, 6);
  id[6] = ((id[6] ?? 0) & 0x0f) | 0x70;
  id[8] = ((id[8] ?? 0) & 0x3f) | 0x80;
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

/** What is left of an entry without its secrets, as a line. A field's change is told by its name and two values. */
const lineOf = (entry: CapturedEntry, redactor: Redactor, source: string | undefined): string => {
  const { field, oldValue, newValue } = entry;
  const isSecret = typeof field === 'string' && redactor.isSecretKey(field);
  const values = isSecret ? { oldValue: redactor.secret(oldValue), newValue: redactor.secret(newValue) } : {};
  const cleared = redactor.value({ ...entry, ...values }) as CapturedEntry;
  const { eventId = newEventId(), occurredAt = new Date().toISOString() } = cleared;
  return JSON.stringify({ ...cleared, eventId, occurredAt, source: cleared.source ?? source });
};

const defaultSpoolBytes = 256 * 1024 * 1024;

/** Sends what a program records to Bitácora, through a bounded queue on disk. Throws when the folder can't be made. */
export const createCaptureClient = (options: CaptureClientOptions): CaptureClient => {
  const { url, token, spoolFolder, source, secretKeys = defaultSecretKeys } = options;
  const spool = openSpool(spoolFolder, options.maxSpoolBytes ?? defaultSpoolBytes);
  const redactor = createRedactor({ keys: secretKeys, digest: openSpoolDigest(spoolFolder) });
  const sender = createSender({ url, token, spool });
  let broken = 0;
  return {
    record: (entry) => {
      try {
        spool.add(lineOf(entry, redactor, source));
      } catch {
        // A ring, or a getter that throws: the program that is watched must not hear of it.
        broken += 1;
      }
    },
    status: () => {
      const { entries, files, bytes, dropped } = spool.state();
      const { sent, refused, problem } = sender.state();
      return {
        waitingEntries: entries,
        waitingFiles: files,
        waitingBytes: bytes,
        sent,
        refused,
        dropped: dropped + broken,
        problem,
      };
    },
    close: async () => {
      await spool.close();
      await sender.close();
    },
  };
};

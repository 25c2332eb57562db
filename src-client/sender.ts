import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Lines } from './lines.ts';
import { createPoster } from './poster.ts';
import { fileBytes, type Spool, type SpoolFile } from './spool.ts';

const pack = promisify(gzip);

/** Waits between attempts, milliseconds: twice as long each time, up to the longest. */
const firstWait = 250;
const longestWait = 30_000;
/** Nor is one told to wait longer than this: what waits may be the disk's last room. */
const longestToldWait = 300_000;
/** Smaller bodies are not worth packing. */
const packedBytes = 2048;
/** Nor is what does not leave the machine: packing would take more of its time than it spares. */
const ownMachine = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** What will be refused again and again: it is put away, so that what comes after it is sent. */
const hopeless = new Set([400, 413, 415, 422]);

/**
 * Whoever answers within so many milliseconds has what was recorded on its own disk before it would be on this one. One
 * that takes longer is not asked like that again for a while: everything would be sent twice.
 */
const directPatience = 50;
const directRest = 60_000;

interface Sender {
  /**
   * Sends lines that are on no disk yet, when nothing waits: true when they were taken. Never rejects; what was not taken,
   * or nobody knows of, is the caller's to keep.
   */
  sendNow(lines: Lines): Promise<boolean>;
  state(): { readonly sent: number; readonly refused: number; readonly problem: string | null };
  /** Stops; what is under way is not waited for: it is sent again after the next start, and stored once. */
  close(): Promise<void>;
}

/** What `Retry-After` asks for, milliseconds: seconds, or a date (RFC 9110, section 10.2.3). 0 when it asks for nothing. */
export const toldWait = (header: string | undefined): number => {
  if (header === undefined) return 0;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return milliseconds > 0 ? Math.min(milliseconds, longestToldWait) : 0;
};

/** The object that an answer says; null when it is none, as of something between here and Bitácora. */
const readAnswer = (said: string): { readonly error?: { readonly code?: string } } | null => {
  try {
    const answer: unknown = JSON.parse(said);
    return typeof answer === 'object' ? answer : null;
  } catch {
    // What it says is nothing to us; its status is told.
    return null;
  }
};

/** Sends what is in a spool, oldest first, one file after the other, and tries again for as long as it takes. */
export const createSender = ({
  url,
  token,
  spool,
  changed,
}: {
  readonly url: string;
  readonly token: string;
  readonly spool: Spool;
  /** Told after each attempt. */
  readonly changed: () => void;
}): Sender => {
  const target = new URL('/api/entries', url);
  const isFar = !ownMachine.test(target.hostname);
  const poster = createPoster(target);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
  const packedHeaders = { ...headers, 'content-encoding': 'gzip' };
  let closed = false;
  let endRest: (() => void) | null = null;
  let sent = 0;
  let refused = 0;
  let problem: string | null = null;
  /** What the last answer asked for, milliseconds. */
  let askedToWait = 0;

  const rest = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds).unref();
      endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const post = async (body: Buffer, patience?: number): Promise<{ readonly status: number; readonly said: string }> => {
    const isPacked = isFar && body.length > packedBytes;
    const answer = await poster.post(isPacked ? await pack(body) : body, isPacked ? packedHeaders : headers, patience);
    const { status } = answer;
    askedToWait = toldWait(answer.retryAfter);
    const receipt = readAnswer(answer.said);
    if (status === 201 && receipt === null) throw new Error('201 without a receipt');
    return { status, said: `${status} ${receipt?.error?.code ?? ''}`.trim() };
  };

  /** True when the file is settled, one way or the other. */
  const settle = async (file: SpoolFile): Promise<boolean> => {
    const { status, said } = await post(file.body);
    if (hopeless.has(status)) return settleSingly(file);
    problem = status === 201 ? null : said;
    if (status !== 201) return false;
    await spool.remove(file.name);
    sent += file.entries;
    return true;
  };

  /** One entry of a file is at fault: each is sent by itself, and those that are refused are put away. */
  const settleSingly = async (file: SpoolFile): Promise<boolean> => {
    const lines = file.body.toString('utf8').trimEnd().split('\n');
    const bad: string[] = [];
    for (const line of lines) {
      const { status, said } = await post(Buffer.from(line));
      // What was sent by then is sent again with the rest, and stored once.
      if (status !== 201 && !hopeless.has(status)) {
        problem = said;
        return false;
      }
      if (status !== 201) bad.push(line);
    }
    if (bad.length > 0) await spool.refuse(file.name, bad);
    await spool.remove(file.name);
    sent += lines.length - bad.length;
    refused += bad.length;
    problem = null;
    return true;
  };

  const run = async (): Promise<void> => {
    let wait = firstWait;
    while (!closed) {
      await spool.filled();
      if (closed) return;
      let settled = false;
      askedToWait = 0;
      try {
        const file = await spool.oldest();
        settled = file === null || (await settle(file));
      } catch (error) {
        // Nobody answers there, or the disk can't be read: it is told by `problem`, and tried again.
        const { message, code } = error as NodeJS.ErrnoException;
        // Where a name stands for several addresses and none answers, there is only a code.
        problem = message || code || String(error);
      }
      changed();
      if (settled) wait = firstWait;
      else if (!closed) {
        // Not all programs at the same moment.
        await rest(Math.max(wait * (0.75 + Math.random() / 2), askedToWait * (1 + Math.random() / 4)));
        wait = Math.min(wait * 2, longestWait);
      }
    }
  };

  let directFrom = 0;
  const sendNow = async ({ bytes, ends }: Lines): Promise<boolean> => {
    if (closed || problem !== null || spool.state().files > 0 || Date.now() < directFrom) return false;
    if (bytes.length > fileBytes) return false;
    try {
      const { status } = await post(bytes, directPatience);
      if (status === 201) {
        sent += ends.length;
        return true;
      }
    } catch {
      // Nobody answers, or not in time: what goes wrong is told when it is sent from the disk.
    }
    directFrom = Date.now() + directRest;
    return false;
  };

  const running = run();
  return {
    sendNow,
    state: () => ({ sent, refused, problem }),
    close: async () => {
      closed = true;
      poster.close();
      endRest?.();
      await running;
    },
  };
};

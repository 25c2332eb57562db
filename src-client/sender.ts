import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Spool, SpoolFile } from './spool.ts';

const pack = promisify(gzip);

/** Waits between attempts, milliseconds: twice as long each time, up to the longest. */
const firstWait = 250;
const longestWait = 30_000;
/** How long an answer may take. */
const answerPatience = 60_000;
/** Smaller bodies are not worth packing. */
const packedBytes = 2048;
/** Nor is what does not leave the machine: packing would take more of its time than it spares. */
const ownMachine = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** What will be refused again and again: it is put away, so that what comes after it is sent. */
const hopeless = new Set([400, 413, 415, 422]);

interface Sender {
  state(): { readonly sent: number; readonly refused: number; readonly problem: string | null };
  /** Stops; what is under way is not waited for: it is sent again after the next start, and stored once. */
  close(): Promise<void>;
}

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
  const isFar = !ownMachine.test(new URL(url).hostname);
  const stop = new AbortController();
  let sent = 0;
  let refused = 0;
  let problem: string | null = null;

  const rest = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds).unref();
      stop.signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    });

  /** The status of the answer. */
  const post = async (body: Buffer): Promise<{ readonly status: number; readonly code: string }> => {
    const packed = isFar && body.length > packedBytes;
    const answer = await fetch(new URL('/api/entries', url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/x-ndjson',
        ...(packed ? { 'content-encoding': 'gzip' } : {}),
      },
      body: new Uint8Array(packed ? await pack(body) : body),
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(answerPatience)]),
    });
    const said = (await answer.json()) as { readonly error?: { readonly code?: string } };
    return { status: answer.status, code: said.error?.code ?? '' };
  };

  /** True when the file is settled, one way or the other. */
  const settle = async (file: SpoolFile): Promise<boolean> => {
    const { status, code } = await post(file.body);
    if (hopeless.has(status)) return settleSingly(file);
    problem = status === 201 ? null : `${status} ${code}`.trim();
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
      const { status, code } = await post(Buffer.from(line));
      // What was sent by then is sent again with the rest, and stored once.
      if (status !== 201 && !hopeless.has(status)) {
        problem = `${status} ${code}`.trim();
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
    while (!stop.signal.aborted) {
      await spool.filled();
      if (stop.signal.aborted) return;
      let settled = false;
      try {
        const file = await spool.oldest();
        settled = file === null || (await settle(file));
      } catch (error) {
        // Nobody answers there, or the disk can't be read: it is told by `problem`, and tried again.
        problem =
          error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
      }
      changed();
      if (settled) wait = firstWait;
      else {
        // Not all programs at the same moment.
        await rest(wait * (0.75 + Math.random() / 2));
        wait = Math.min(wait * 2, longestWait);
      }
    }
  };

  const running = run();
  return {
    state: () => ({ sent, refused, problem }),
    close: async () => {
      stop.abort();
      await running;
    },
  };
};

import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { withEngine } from '#main/cli/engine-here.ts';
import type { EngineConfig } from '#main/engine/config.ts';
import { BitacoraError, type WireError } from '#shared/contract/errors.ts';
import type { EngineClient } from '#shared/rpc/typed-client.ts';

const noteSchema = z.object({ url: z.string(), token: z.string() });
const noteOf = (dataFolder: string): string => join(dataFolder, 'serve.json');

/** What the rest of the command line needs to reach a `serve` that has the ledger open. */
export interface ServeNote {
  /** Only who can read the data folder knows it. */
  readonly token: string;
  /** To be called once it answers. */
  write(url: string): Promise<void>;
  remove(): Promise<void>;
}

export const createServeNote = (dataFolder: string): ServeNote => {
  const token = randomBytes(32).toString('base64url');
  const file = noteOf(dataFolder);
  return {
    token,
    write: async (url) => {
      // The folder is made with the ledger, which a first start has yet to do.
      await mkdir(dataFolder, { recursive: true, mode: 0o700 });
      const draft = `${file}.${process.pid}`;
      await writeFile(draft, JSON.stringify({ url, token }), { mode: 0o600 });
      await rename(draft, file);
    },
    remove: () => rm(file, { force: true }),
  };
};

/** Calls over HTTP; a procedure’s answer is the last of its lines. */
const clientOver = ({ url, token }: z.output<typeof noteSchema>): EngineClient => ({
  call: async (procedure, input, options = {}) => {
    const answer = await fetch(new URL(`/rpc/${procedure}`, url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(input),
      signal: options.signal ?? null,
    });
    const last = (await answer.text()).trimEnd().split('\n').at(-1) ?? '';
    const frame = JSON.parse(last) as { t?: string; value?: unknown; error?: WireError };
    if (frame.error !== undefined) throw BitacoraError.fromWire(frame.error);
    return frame.value as never;
  },
});

/** The engine of a `serve` that has this ledger open and answers; null when there is none. */
const findServed = async (dataFolder: string): Promise<EngineClient | null> => {
  let note: z.output<typeof noteSchema>;
  try {
    note = noteSchema.parse(JSON.parse(await readFile(noteOf(dataFolder), 'utf8')));
  } catch {
    // Nobody serves, or what is written there is not for us.
    return null;
  }
  const client = clientOver(note);
  try {
    await client.call('account.list', {});
    return client;
  } catch (error) {
    // It ended without a word: what it left is of no use. Anybody else at that address doesn't know the token.
    if (error instanceof TypeError || error instanceof SyntaxError) return null;
    if (!(error instanceof BitacoraError)) throw error;
    // `unavailable`: it knows us, and has no ledger yet.
    return error.code === 'unavailable' ? client : null;
  }
};

/** As `withEngine`; where a `serve` has the ledger open, it is the one that is asked. */
export const withServedEngine = async <T>(
  config: EngineConfig,
  missing: 'must exist' | 'may be missing',
  work: (engine: EngineClient) => Promise<T>,
): Promise<T> => {
  const served = config.demo ? null : await findServed(config.dataFolder);
  return served === null ? withEngine(config, missing, work) : work(served);
};

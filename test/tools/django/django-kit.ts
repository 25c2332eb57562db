import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { HttpHost } from '#main/http/create-http-host.ts';
import type { CaptureSite } from '../../engine/capture/capture-kit.ts';
import { temporaryFolder } from '../../engine/engine/engine-kit.ts';
import { openHost as openEngineHost } from '../../engine/http/open-host.ts';
import { repository } from '../../house/sources.ts';

/** Debian’s own Python has Debian’s Django. */
export const python = ['/usr/bin/python3', 'python3'].find(
  (name) => spawnSync(name, ['-c', 'import django']).status === 0,
);
if (python === undefined) process.stderr.write('No Django here: its client is not tested.\n');

export const clientFolder = path.join(repository, 'resources/clients/django');
export const programs = path.join(repository, 'test/fixtures/django');

/** The engine of a site at an address of its own, from now on. */
export const openHost = (site: CaptureSite, port: number): Promise<HttpHost> =>
  openEngineHost(site.engine.dispatch, temporaryFolder(), { port });

export interface Program {
  readonly child: ChildProcess;
  /** The next line of its output; undefined when it has ended. */
  line(): Promise<string | undefined>;
  /** All that it has logged. */
  log(): Buffer;
  /** Kills it, unless it has ended. */
  end(): Promise<void>;
}

/** Starts one of the programs under `test/fixtures/django`, or another one that knows Python’s. */
export const startProgram = (
  words: readonly string[],
  { command = python ?? '', env = {} }: { readonly command?: string; readonly env?: Record<string, string> } = {},
): Program => {
  const child = spawn(command, words, {
    cwd: programs,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const logged: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => logged.push(chunk));
  // Whoever writes to it while it is killed hears of it by its answers.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  return {
    child,
    line: async () => (await lines.next()).value as string | undefined,
    log: () => Buffer.concat(logged),
    end: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
};

/** The program of the tests that is watched, with its queue in `spool`; its first line is its port. */
export const startWatchedProgram = (url: string, token: string, spool: string): Program =>
  startProgram(['-B', 'program.py', url, token, spool, clientFolder]);

/** A program that runs to its end: what it wrote, and its log when it failed. */
export const runProgram = (words: readonly string[], input = ''): string => {
  const { status, stdout, stderr } = spawnSync(python ?? '', ['-B', ...words], {
    cwd: programs,
    input,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${words[0]} ended with ${status}: ${stderr.slice(-4000)}`);
  return stdout;
};

/** Waits for a state; a test that waits for nothing runs into its own limit. */
export const until = async (isSo: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
};

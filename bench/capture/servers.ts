import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runNode } from '../run-node.ts';
import type { LoadPlan, LoadResult } from './load-plan.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const program = here('../../dist/main/cli.js');
const page = here('../../dist/renderer/index.html');

export const isServeBuilt = (): boolean => existsSync(program) && existsSync(page);

/** Something that takes entries, in a process of its own. */
export interface Server {
  readonly url: string;
  readonly token: string;
  close(): Promise<void>;
}

/** The address in the first line that a server prints. */
const urlOf = async (child: ChildProcess): Promise<string> => {
  let said = '';
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk);
    if (said.includes('\n')) return (JSON.parse(said) as { url: string }).url;
  }
  throw new Error('the server ended before it answered');
};

const start = async (args: readonly string[], token: string): Promise<Server> => {
  const child = spawn(process.execPath, ['--no-warnings', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await urlOf(child);
  return {
    url,
    token,
    close: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
};

/** The built `bitacora serve` with a token of its own. */
export const startServe = async (dataFolder: string): Promise<Server> => {
  const token = await runNode([program, 'token', 'create', '--scope', 'capture', '--data', dataFolder]);
  return start([program, 'serve', '--data', dataFolder], token.stdout.trim());
};

export const startBareServer = (file: string): Promise<Server> => start([here('bare-server.ts'), file], 'none');

/** Runs the load generator in a process of its own. */
export const runLoad = async (plan: LoadPlan): Promise<LoadResult> => {
  const { stdout } = await runNode([here('load.ts'), JSON.stringify(plan)]);
  return JSON.parse(stdout) as LoadResult;
};

const settledAfter = 4;
const lookEveryMs = 400;

/** Resolves when the side indexes have come to rest: what they do would be counted against whoever is measured next. */
export const settled = async ({ url }: Server): Promise<void> => {
  for (let last = -1, same = 0; same < settledAfter; ) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    const answer = await fetch(`${url}/rpc/app.status`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const frame = JSON.parse((await answer.text()).trim()) as { value: { ledger: { indexed: number } } };
    const { indexed } = frame.value.ledger;
    same = indexed === last ? same + 1 : 0;
    last = indexed;
  }
};

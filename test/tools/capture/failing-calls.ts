import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../../engine/engine/engine-kit.ts';

const strace = '/usr/bin/strace';
export const canFail = existsSync(strace);

export interface Failing {
  /** How many calls have failed so far. */
  failed(): number;
  heal(): Promise<void>;
}

/**
 * Lets calls of a running process fail, until it is healed. `calls`: their names, with commas. `where`: only calls on this
 * file, which need not be there yet; null for any.
 */
export const failCalls = async (pid: number, calls: string, where: string | null, code: string): Promise<Failing> => {
  const trace = path.join(temporaryFolder(), 'trace');
  const words = [
    '-f',
    '-p',
    String(pid),
    ...(where === null ? [] : ['-P', where]),
    '-e',
    `trace=${calls}`,
    '-e',
    `inject=${calls}:error=${code}`,
  ];
  const running: ChildProcess = spawn(strace, [...words, '-o', trace], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(running, 'exit');
  let said = '';
  await new Promise<void>((resolve, reject) => {
    running.stderr?.on('data', (chunk: Buffer) => {
      said += String(chunk);
      if (said.includes('attached')) resolve();
    });
    running.once('exit', (reason) => reject(new Error(`strace ended with ${reason}: ${said}`)));
  });
  return {
    failed: () => readFileSync(trace, 'latin1').split('(INJECTED)').length - 1,
    heal: async () => {
      running.kill('SIGINT');
      await ended;
    },
  };
};

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Waits for a child to be gone; kills it when it doesn't go by itself in time. */
export const endProcess = async (child: ChildProcess, within = 10_000): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), within);
  await gone;
  clearTimeout(patience);
};

/** `bitacora serve`, from the build; resolves once it says that it answers. */
export const startServe = async (words: readonly string[]): Promise<{ child: ChildProcess; url: string }> => {
  const child = spawn(process.execPath, [`${root}dist/main/cli.js`, 'serve', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const [line] = await Promise.race([
    once(child.stdout, 'data') as Promise<[Buffer]>,
    once(child, 'close').then(([code]) => {
      throw new Error(`bitacora serve ended with ${code} before it answered: ${said}`);
    }),
  ]);
  const { url } = JSON.parse(String(line)) as { url: string };
  return { child, url };
};

/** Runs a command of `bitacora`, from the build, to its end; answers with what it printed. */
export const runCommand = async (words: readonly string[], input = ''): Promise<string> => {
  const child = spawn(process.execPath, [`${root}dist/main/cli.js`, ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const [printed, said, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new Error(`bitacora ${words[0]} ended with ${code}: ${said}`);
  return printed;
};

/** Every process that runs now, with its parent and its command line (Linux). */
const listProcesses = (): ReadonlyMap<number, { parent: number; command: string }> => {
  const processes = new Map<number, { parent: number; command: string }>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      // The name of the program, in brackets, may hold anything; the parent is the second word after it.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      processes.set(pid, { parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') });
    } catch (error) {
      // It ended while we looked.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return processes;
};

/** Kills (-9) the process below `top` whose command line has `word`, as a crash would end it. */
export const killBelow = (top: ChildProcess, word: string): void => {
  const processes = listProcesses();
  const isBelow = (pid: number): boolean => {
    const parent = processes.get(pid)?.parent;
    return parent !== undefined && (parent === top.pid || isBelow(parent));
  };
  const [pid] = [...processes].find(([at, { command }]) => command.includes(word) && isBelow(at)) ?? [];
  if (pid === undefined) throw new Error(`no process with “${word}” was found below ${top.pid}`);
  process.kill(pid, 'SIGKILL');
};

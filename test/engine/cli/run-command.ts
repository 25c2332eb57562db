import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command as it is built. */
export const program = fileURLToPath(new URL('../../../dist/main/cli.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  /** Environment beside the present one; the language is English unless it says otherwise. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the real command as it is built: it starts in half the time that its sources take. */
export const startCommand = (words: readonly string[], { input, env = {} }: RunOptions = {}) => {
  const child: ChildProcess = spawn(process.execPath, ['--no-warnings', program, ...words], {
    env: { ...process.env, LC_ALL: 'en_US.UTF-8', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin?.end(input ?? '');
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  /** Resolves with the first whole line of standard output; rejects when the command ends without one. */
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const [line, ...rest] = stdout.split('\n');
      if (rest.length > 0) resolve(line ?? '');
    });
    void ended.then(({ code, stderr: said }) => reject(new Error(`ended with ${code}: ${said}`)));
  });
  // Whoever doesn't ask for the first line must not hear that there was none.
  firstLine.catch(() => undefined);
  return { child, ended, firstLine };
};

/** Runs a command to its end. */
export const runCommand = (words: readonly string[], options?: RunOptions): Promise<Ended> =>
  startCommand(words, options).ended;

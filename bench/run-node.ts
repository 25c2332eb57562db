import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs this Node on `args` to its end; throws with what it said when it fails. */
export const runNode = async (
  args: readonly string[],
): Promise<{ readonly stdout: string; readonly stderr: string }> => {
  const child = spawn(process.execPath, ['--no-warnings', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${texts.stderr}`);
  return texts;
};

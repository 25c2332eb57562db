import { text } from 'node:stream/consumers';
import type { Run } from '#main/cli/run.ts';
import { usageError } from '#main/cli/usage.ts';
import { cancelled } from '#shared/contract/errors.ts';

const ctrlC = '\u0003';
const ctrlD = '\u0004';
const backspaces: ReadonlySet<string> = new Set(['\u007f', '\b']);

/** Asks at the terminal without showing what is typed. */
const ask = (prompt: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { stdin, stderr } = process;
    let typed: string[] = [];
    const finish = (settle: () => void): void => {
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      settle();
    };
    const onData = (chunk: string): void => {
      for (const character of chunk) {
        if (character === ctrlC) {
          finish(() => reject(cancelled()));
          return;
        }
        if (character === '\r' || character === '\n' || character === ctrlD) {
          finish(() => resolve(typed.join('')));
          return;
        }
        if (backspaces.has(character)) typed = typed.slice(0, -1);
        else typed.push(character);
      }
    };
    stderr.write(prompt);
    stdin.setEncoding('utf8');
    stdin.setRawMode(true);
    stdin.resume();
    stdin.on('data', onData);
  });

/** The password: asked for twice at a terminal, otherwise all of standard input without its last line break. */
export const readPassword = async ({ say }: Run): Promise<string> => {
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, '');
  const password = await ask(say('askPassword'));
  if ((await ask(say('askPasswordAgain'))) !== password) throw usageError(say('passwordsDiffer'));
  return password;
};

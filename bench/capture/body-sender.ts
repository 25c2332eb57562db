/**
 * Sends the same body again and again over one connection, each time when the last was answered, until its standard input
 * ends: `node body-sender.ts PLAN`. Prints what became of it as one line of JSON.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What is sent, and where to; the only argument, as JSON. */
export interface BodyPlan {
  readonly url: string;
  readonly token: string;
  readonly file: string;
  /** `Content-Type`, and `Content-Encoding` where it is packed. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface SentBodies {
  readonly bodies: number;
  readonly stored: number;
  /** From each body's first byte to its answer, milliseconds. */
  readonly milliseconds: readonly number[];
}

const plan = JSON.parse(process.argv[2] ?? '') as BodyPlan;
const body = readFileSync(plan.file);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const headers = { ...plan.headers, authorization: `Bearer ${plan.token}`, 'content-length': body.length };

const send = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const sending = request(`${plan.url}/api/entries`, { method: 'POST', agent, headers }, (answer) => {
      text(answer).then((said) => {
        if (answer.statusCode === 201) resolve((JSON.parse(said) as { readonly stored: number }).stored);
        else reject(new Error(`answered ${answer.statusCode}: ${said}`));
      }, reject);
    });
    sending.on('error', reject);
    sending.end(body);
  });

let ended = false;
process.stdin.resume().once('end', () => {
  ended = true;
});
let stored = 0;
const milliseconds: number[] = [];
while (!ended) {
  const began = performance.now();
  stored += await send();
  milliseconds.push(performance.now() - began);
}
agent.destroy();
process.stdout.write(`${JSON.stringify({ bodies: milliseconds.length, stored, milliseconds } satisfies SentBodies)}\n`);

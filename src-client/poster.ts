import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** How long an answer may take, milliseconds. */
const answerPatience = 60_000;
/** Characters. A receipt is far shorter: what says more is nothing that Bitácora says. */
const longestAnswer = 4 * 1024 * 1024;

export interface Answer {
  readonly status: number;
  readonly said: string;
  /** The header, as it was sent. */
  readonly retryAfter: string | undefined;
}

export interface Poster {
  /** One at a time. Rejects when nobody answers, or not to the end; `patience`: so many milliseconds, a minute unless told. */
  post(body: Buffer, headers: Readonly<Record<string, string>>, patience?: number): Promise<Answer>;
  /** Ends what is under way. */
  close(): void;
}

/**
 * Posts to one address over one connection that stays open. Node’s plain client: `fetch` costs several times its processor
 * time, and what sends shares the processors with the program that is watched.
 */
export const createPoster = (target: URL): Poster => {
  const isSecure = target.protocol === 'https:';
  const request = isSecure ? httpsRequest : httpRequest;
  const agent = new (isSecure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 1 });
  let underWay: ClientRequest | null = null;
  let closed = false;

  const postTo = (
    body: Buffer,
    headers: Readonly<Record<string, string>>,
    patience: number,
    mayRepeat: boolean,
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const asked = request(target, { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } });
      underWay = asked;
      const tooLate = new Error(`no answer within ${patience / 1000} seconds`);
      const timer = setTimeout(() => asked.destroy(tooLate), patience).unref();
      asked.on('close', () => clearTimeout(timer));
      let status = 0;
      let said = '';
      let retryAfter: string | undefined;
      const answer = (): void => resolve({ status, said, retryAfter });
      const fail = (error: Error): void => {
        // Whoever refuses before all was sent may close before all was read: a refusal is one all the same.
        if (status >= 400) answer();
        // A connection that waited may be closed at its other end in the very moment in which it is used again.
        else if (mayRepeat && asked.reusedSocket && status === 0 && error !== tooLate && !closed) {
          resolve(postTo(body, headers, patience, false));
        } else reject(error);
      };
      asked.on('error', fail);
      asked.on('response', (response) => {
        status = response.statusCode ?? 0;
        retryAfter = response.headers['retry-after'];
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          said += chunk;
          if (said.length > longestAnswer) asked.destroy(new Error('an answer that is too long'));
        });
        response.on('error', fail);
        response.on('end', () => {
          answer();
          // Else what it refused to read would hold the connection.
          if (!asked.writableFinished) asked.destroy();
        });
      });
      asked.end(body);
    });

  return {
    post: (body, headers, patience = answerPatience) => postTo(body, headers, patience, true),
    close: () => {
      closed = true;
      underWay?.destroy();
      agent.destroy();
    },
  };
};

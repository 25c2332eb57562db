import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Dispatch } from '#main/engine/dispatch.ts';
import { errorHeaders, inLanguage, preferredLanguage, statusOf } from '#main/http/error-answer.ts';
import { bearerToken } from '#main/http/one-call.ts';
import type { ServerFrame } from '#shared/rpc/frames.ts';
import type { Answer } from '#shared/rpc/server.ts';

/** A reader that lets this much pile up has stopped reading; its call is cancelled, so that memory stays bounded. */
const maxUnreadBytes = 8 * 1024 * 1024;

/** Every answer is a call of its own here, so that frames need no number to tell them apart. */
const id = 1;

interface FrameStream {
  /** The first frame decides the status and what belongs to it. */
  send(frame: ServerFrame): void;
  end(): void;
}

/**
 * Frames as NDJSON. The head waits for the first frame, so that a call that fails at once has its status. A slow reader
 * misses progress that is outdated by the time it reads on; events and the answer always arrive.
 */
const createFrameStream = (response: ServerResponse, tooSlow: () => void): FrameStream => {
  let held: ServerFrame | null = null;
  let full = false;
  const write = (frame: ServerFrame): void => {
    full = !response.write(`${JSON.stringify(frame)}\n`);
    if (response.writableLength > maxUnreadBytes) tooSlow();
  };
  const flush = (): void => {
    const frame = held;
    held = null;
    if (frame !== null) write(frame);
  };
  response.on('drain', () => {
    full = false;
    flush();
  });
  return {
    send: (frame) => {
      if (response.destroyed) return;
      if (!response.headersSent) {
        const failed = frame.t === 'error' ? frame.error : null;
        response.writeHead(failed === null ? 200 : statusOf(failed.code), {
          'Content-Type': 'application/x-ndjson; charset=utf-8',
          ...(failed === null ? {} : errorHeaders(failed)),
        });
      }
      if (frame.t === 'progress' && full) {
        held = frame;
        return;
      }
      flush();
      write(frame);
    },
    end: () => response.end(),
  };
};

const finalFrame = (answer: Answer, request: FastifyRequest): ServerFrame =>
  answer.ok
    ? { t: 'ok', id, value: answer.value }
    : { t: 'error', id, error: inLanguage(answer.error, preferredLanguage(request.headers['accept-language'])) };

/** `POST /rpc/NAME`: the body is the input, the answer a stream of frames; closing the connection cancels the call. */
export const addRpcRoute = (app: FastifyInstance, dispatch: Dispatch): void => {
  app.post<{ Params: { procedure: string } }>('/rpc/:procedure', async (request, reply) => {
    const { raw } = reply;
    const controller = new AbortController();
    raw.on('close', () => controller.abort());
    const headers = reply.getHeaders();
    reply.hijack();
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) raw.setHeader(name, value);
    const stream = createFrameStream(raw, () => raw.destroy());
    const answer = await dispatch(
      {
        procedure: request.params.procedure,
        input: request.body,
        session: bearerToken(request),
        signal: controller.signal,
        progress: (value) => stream.send({ t: 'progress', id, value }),
        event: (value) => stream.send({ t: 'event', id, value }),
      },
      'window',
    );
    stream.send(finalFrame(answer, request));
    stream.end();
  });
};

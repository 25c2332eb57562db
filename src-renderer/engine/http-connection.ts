import type { Connection, LinkState } from '#renderer/engine/connection.ts';
import { BitacoraError, cancelled, type ErrorCode, errorTable } from '#shared/contract/errors.ts';
import type { CallOptions } from '#shared/rpc/client.ts';
import type { GrantedFile, GrantedTarget } from '#shared/rpc/host-bridge.ts';

const probeIntervalMs = 700;

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(errorTable, code);

const errorFrom = (value: unknown): BitacoraError => {
  const { code, details } = (value ?? {}) as { code?: unknown; details?: unknown };
  return isErrorCode(code)
    ? new BitacoraError(code, typeof details === 'object' && details !== null ? { ...details } : {})
    : new BitacoraError('unavailable');
};

/** A server that is gone makes `fetch` throw a TypeError; an aborted one an AbortError. */
const request = async (url: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw cancelled();
    throw new BitacoraError('unavailable', {}, { cause: error });
  }
};

/** The lines of an answer as they come; an answer that breaks off ends with `unavailable`. */
async function* answerLines(response: Response, signal: AbortSignal | undefined): AsyncGenerator<string> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const lines = (rest + value).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    if (signal?.aborted) throw cancelled();
    throw new BitacoraError('unavailable', {}, { cause: error });
  } finally {
    reader.releaseLock();
  }
  if (rest !== '') yield rest;
}

const bearer = (session: string | undefined): Record<string, string> =>
  session === undefined ? {} : { authorization: `Bearer ${session}` };

const parseAnswer = (line: string): Record<string, unknown> => {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    // A line cut in half: the server went away in the middle of it.
    throw new BitacoraError('unavailable', {}, { cause: error });
  }
};

const callOnce = async (procedure: string, input: unknown, options: CallOptions): Promise<unknown> => {
  const { signal } = options;
  const response = await request(`/rpc/${procedure}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(options.session) },
    body: JSON.stringify(input),
    signal: signal ?? null,
  });
  for await (const line of answerLines(response, signal)) {
    if (line.trim() === '') continue;
    const answer = parseAnswer(line);
    if (answer.t === 'progress') options.onProgress?.(answer.value);
    else if (answer.t === 'event') options.onEvent?.(answer.value);
    else if (answer.t === 'ok') return answer.value;
    else throw errorFrom(answer.error);
  }
  throw signal?.aborted ? cancelled() : new BitacoraError('unavailable');
};

/** One answer of a route that is no procedure. */
const ask = async (path: string, body: unknown, session: string | undefined, signal: AbortSignal | null) => {
  const response = await request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(session) },
    body: JSON.stringify(body),
    signal,
  });
  const answer = parseAnswer(await response.text());
  if (!response.ok) throw errorFrom(answer.error);
  return answer;
};

/** Frames over HTTP to the server that this page came from: an answer is NDJSON, a closed connection is the cancel. */
export const createHttpConnection = (): Connection => {
  const linkListeners: ((state: LinkState) => void)[] = [];
  let probing = false;

  const tell = (state: LinkState): void => {
    for (const listener of linkListeners) listener(state);
  };

  const probe = async (): Promise<void> => {
    if (probing) return;
    probing = true;
    tell('down');
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, probeIntervalMs));
      try {
        await callOnce('app.status', {}, {});
        break;
      } catch (error) {
        if (!(error instanceof BitacoraError && error.code === 'unavailable')) break;
      }
    }
    probing = false;
    tell('up');
  };

  return {
    kind: 'http',
    call: async (procedure, input, options) => {
      try {
        return await callOnce(procedure, input, options);
      } catch (error) {
        if (error instanceof BitacoraError && error.code === 'unavailable') void probe();
        throw error;
      }
    },
    onLink: (listener) => void linkListeners.push(listener),
    chooseFile: null,
    grantFile: async (file, session, signal) => {
      const response = await request(`/upload?name=${encodeURIComponent(file.name)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream', ...bearer(session) },
        body: file,
        signal,
      });
      const answer = parseAnswer(await response.text());
      if (!response.ok) throw errorFrom(answer.error);
      return answer as unknown as GrantedFile;
    },
    chooseTarget: async (name, session, signal) =>
      (await ask('/downloads/target', { name }, session, signal)) as unknown as GrantedTarget,
    printing: {
      target: async (name, session, signal) =>
        (await ask('/downloads/target', { name }, session, signal)) as unknown as GrantedTarget,
      read: async (job, volume, session, signal) => {
        const { address } = await ask('/downloads/ticket', { job, file: volume }, session, signal);
        const response = await request(String(address), { signal });
        if (!response.ok) throw new BitacoraError('unavailable');
        return new Uint8Array(await response.arrayBuffer());
      },
      // A page has no way to a printer of its own: the browser shows the document, and prints it from there.
      printers: async () => [],
      print: async (job, to, session) => {
        const file = 'volume' in to ? to.volume : 0;
        const { address } = await ask('/downloads/ticket', { job, file, show: true }, session, null);
        window.open(String(address), '_blank', 'noopener');
      },
    },
    exported: {
      kind: 'remote',
      addressOf: async (job, file, session) =>
        String((await ask('/downloads/ticket', { job, file }, session, null)).address),
    },
  };
};

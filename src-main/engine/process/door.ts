import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import type { Dispatch } from '#main/engine/dispatch.ts';
import type { ClientFrame, ServerFrame } from '#shared/rpc/frames.ts';
import type { Port } from '#shared/rpc/port.ts';
import { serveRpc } from '#shared/rpc/server.ts';

/**
 * The way by which the command line reaches an engine that works on a data folder, whoever started it: a socket on this
 * machine and a file in the folder that tells where it is, with a secret that only who can read the folder knows. Each
 * side proves that it knows the secret before anything else is said; the secret itself is never sent. Every engine has a
 * note of its own: which of them has the ledger open, it says itself.
 */
const noteName = (pid: number): string => `door.${pid}.json`;
const notePattern = /^door\.(\d+)\.json$/;
const host = '127.0.0.1';
/** Whoever has not proved anything by then is not waited for, milliseconds. */
const proofWithin = 2000;
/** A first line is longer only when it is no proof. */
const longestProof = 300;

interface Note {
  readonly port: number;
  /** Hexadecimal. */
  readonly secret: string;
}

const proof = (secret: string, side: 'engine' | 'caller', engineNonce: string, callerNonce: string): string =>
  createHmac('sha256', secret).update(`${side} ${engineNonce} ${callerNonce}`).digest('hex');
const same = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
const nonce = (): string => randomBytes(16).toString('hex');

/** Lines of a socket, one after the other. Rejects when it ends, is silent for too long, or says too much. */
const createLines = (socket: Socket) => {
  let rest = '';
  let take: ((line: string) => void) | null = null;
  const hand = (): void => {
    for (let end = rest.indexOf('\n'); end >= 0 && take !== null; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      take(line);
    }
  };
  socket.setEncoding('utf8').on('data', (text: string) => {
    rest += text;
    hand();
  });
  return {
    /** One line of a proof. */
    next: (): Promise<string> =>
      new Promise((resolve, reject) => {
        const fail = (): void => reject(new Error('no proof'));
        const timer = setTimeout(fail, proofWithin);
        socket.once('close', fail);
        take = (line) => {
          take = null;
          clearTimeout(timer);
          socket.off('close', fail);
          if (line.length > longestProof) fail();
          else resolve(line);
        };
        hand();
      }),
    /** All lines from now on. */
    each: (listener: (line: string) => void): void => {
      take = listener;
      hand();
    },
  };
};

/** Frames as lines of JSON. A line that is none ends the connection. */
const framePort = <In, Out>(socket: Socket, lines: ReturnType<typeof createLines>): Port<In, Out> => ({
  send: (message) => {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
  },
  onMessage: (listener) =>
    lines.each((line) => {
      let frame: In;
      try {
        frame = JSON.parse(line) as In;
      } catch (error) {
        socket.destroy(error as SyntaxError);
        return;
      }
      listener(frame);
    }),
  onClose: (listener) => void socket.on('close', listener),
  close: () => void socket.destroy(),
});

const answerCaller = async (socket: Socket, secret: string, dispatch: Dispatch): Promise<void> => {
  const lines = createLines(socket);
  const own = nonce();
  socket.write(`${own}\n`);
  const [theirs = '', given = ''] = (await lines.next()).split(' ');
  if (!same(given, proof(secret, 'caller', own, theirs))) throw new Error('a wrong proof');
  socket.write(`${proof(secret, 'engine', own, theirs)}\n`);
  // Whoever knows the secret can read the ledger's own file: it is the shell around the engine.
  serveRpc(framePort<ClientFrame, ServerFrame>(socket, lines), (call) => dispatch(call, 'host'));
};

export interface Door {
  close(): Promise<void>;
}

interface LeftNote {
  readonly pid: number;
  readonly file: string;
}

const notesOf = async (dataFolder: string): Promise<readonly LeftNote[]> => {
  const names = await readdir(dataFolder).catch(() => []);
  return names.flatMap((name) => {
    const pid = notePattern.exec(name)?.[1];
    return pid === undefined ? [] : [{ pid: Number(pid), file: path.join(dataFolder, name) }];
  });
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Opens an engine's door and writes its note. Rejects when this machine lets nobody listen, or the folder can't be written to. */
export const openDoor = async (dataFolder: string, dispatch: Dispatch): Promise<Door> => {
  const secret = randomBytes(32).toString('hex');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // What a broken connection ran is cancelled by its end.
    socket.on('error', () => undefined);
    answerCaller(socket, secret, dispatch).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const file = path.join(dataFolder, noteName(process.pid));
  try {
    // The folder is made with the ledger, which a first start has yet to do.
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    for (const left of await notesOf(dataFolder)) if (!isAlive(left.pid)) await rm(left.file, { force: true });
    const draft = `${file}.draft`;
    await writeFile(draft, JSON.stringify({ port, secret } satisfies Note), { mode: 0o600 });
    await rename(draft, file);
  } catch (error) {
    server.close();
    throw error;
  }
  return {
    close: async () => {
      await rm(file, { force: true });
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const readNote = async (file: string): Promise<Note | null> => {
  try {
    const { port, secret } = JSON.parse(await readFile(file, 'utf8')) as Partial<Note>;
    return typeof port === 'number' && typeof secret === 'string' ? { port, secret } : null;
  } catch {
    // It has just been taken away, or what is written there is not for us.
    return null;
  }
};

const knock = async (note: Note): Promise<Port<ServerFrame, ClientFrame> | null> => {
  const socket = connect(note.port, host);
  socket.on('error', () => undefined);
  const lines = createLines(socket);
  try {
    const theirs = await lines.next();
    const own = nonce();
    socket.write(`${own} ${proof(note.secret, 'caller', theirs, own)}\n`);
    if (same(await lines.next(), proof(note.secret, 'engine', theirs, own))) return framePort(socket, lines);
  } catch {
    // It ended without a word, and what it left is of no use.
  }
  socket.destroy();
  return null;
};

/** Connections to the engines that work on a data folder, those that answer and know the secret of their note. */
export const knockAtDoors = async function* (dataFolder: string): AsyncGenerator<Port<ServerFrame, ClientFrame>> {
  for (const { file } of await notesOf(dataFolder)) {
    const note = await readNote(file);
    const port = note && (await knock(note));
    if (port) yield port;
  }
};

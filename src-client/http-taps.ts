import { IncomingMessage, ServerResponse } from 'node:http';

/** Is told what passes, as the program hands it on and before Node has it. Never throws. */
export interface Listener {
  answerPassed(chunk: unknown, encoding: unknown): void;
  requestPassed(chunk: unknown, encoding: unknown): void;
  /** The response is done with: all of it has gone out, or the other end has left before. May be called again. */
  closed(isWhole: boolean): void;
}

/** Who listens to a request or a response. A property, and the same for all, so that V8 has one shape for all of them. */
const listenerOf = Symbol('bitacora: who is told of what passes');
interface Tapped {
  [listenerOf]?: Listener;
}
type TappedResponse = ServerResponse & Tapped;
type TappedRequest = IncomingMessage & Tapped;

/**
 * The response that the program is just being asked for, and its listener. Most are answered before the program gives
 * control back: those need no property.
 */
let answering: TappedResponse | null = null;
let answeringListener: Listener | undefined;
const listenerTo = (outgoing: TappedResponse): Listener | undefined =>
  outgoing === answering ? answeringListener : outgoing[listenerOf];

/**
 * What the prototypes were before: their own methods as they are now, those that they inherit as they are when they are
 * called, so that whoever changes these later is heard.
 */
const asItIs = <Prototype extends object>(prototype: Prototype): Prototype =>
  Object.create(Object.getPrototypeOf(prototype), Object.getOwnPropertyDescriptors(prototype)) as Prototype;
let response = ServerResponse.prototype;
let request = IncomingMessage.prototype;

const tappedWrite = function write(this: TappedResponse, ...words: Parameters<typeof response.write>) {
  // What comes after the end does not pass.
  if (!this.writableEnded) listenerTo(this)?.answerPassed(words[0], words[1]);
  return response.write.apply(this, words);
} as typeof response.write;

const tappedEnd = function end(this: TappedResponse, ...words: Parameters<typeof response.end>) {
  if (!this.writableEnded) listenerTo(this)?.answerPassed(words[0], words[1]);
  return response.end.apply(this, words);
} as typeof response.end;

const tappedPush = function push(this: TappedRequest, ...words: Parameters<typeof request.push>) {
  this[listenerOf]?.requestPassed(words[0], words[1]);
  return request.push.apply(this, words);
} as typeof request.push;

function onClose(this: TappedResponse): void {
  this[listenerOf]?.closed(this.writableFinished);
}

let isPrepared = false;
/**
 * Puts the taps into Node's own prototypes, once in a process: three functions for each response cost a tenth of a trivial
 * route. Requests and responses that nobody listens to pass straight on.
 */
export const prepareTaps = (): void => {
  if (isPrepared) return;
  isPrepared = true;
  response = asItIs(ServerResponse.prototype);
  request = asItIs(IncomingMessage.prototype);
  try {
    Object.assign(ServerResponse.prototype, { write: tappedWrite, end: tappedEnd });
    Object.assign(IncomingMessage.prototype, { push: tappedPush });
  } catch {
    // A program that has frozen them: its requests and responses are tapped one by one.
  }
};

/** Whoever brings methods of their own (HTTP/2, what stands in for a response, another listener) is tapped alone. */
const tapAlone = (outgoing: ServerResponse, listener: Listener): void => {
  // Each has a name before it is put into its place. V8 makes a function that is written down as the value of a property
  // among its old objects, as a method that stays; it would keep the whole exchange until the old ones are collected.
  const { write, end } = outgoing;
  let isEnding = false;
  const ownWrite = (...words: Parameters<typeof write>): boolean => {
    // HTTP/2 ends with a call of `write`, which has passed as what it ends with.
    if (!isEnding && !outgoing.writableEnded) listener.answerPassed(words[0], words[1]);
    return write.apply(outgoing, words);
  };
  const ownEnd = (...words: Parameters<typeof end>) => {
    if (!outgoing.writableEnded) listener.answerPassed(words[0], words[1]);
    isEnding = true;
    try {
      return end.apply(outgoing, words);
    } finally {
      isEnding = false;
    }
  };
  outgoing.write = ownWrite as typeof write;
  outgoing.end = ownEnd as typeof end;
  outgoing.on('close', () => listener.closed(outgoing.writableFinished));
};

/** All of it is with the system: it closes as soon as the program has nothing else to do. */
const isSent = ({ writableEnded, writableLength, socket }: ServerResponse): boolean =>
  writableEnded && writableLength === 0 && socket !== null && !socket.destroyed;

/**
 * Asks the program for its answer; `listener` is told what passes, now and later, and when it is over. `isAsked`: all of
 * the request is there. Else what comes of it after an answer at once would pass when the exchange is over already.
 */
export const listenToAnswer = (
  outgoing: TappedResponse,
  listener: Listener,
  isAsked: boolean,
  ask: () => void,
): void => {
  const isPlain = outgoing.end === tappedEnd && outgoing.write === tappedWrite && listenerTo(outgoing) === undefined;
  if (!isPlain) {
    tapAlone(outgoing, listener);
    ask();
    return;
  }
  const before = answering;
  const listenerBefore = answeringListener;
  answering = outgoing;
  answeringListener = listener;
  try {
    ask();
  } finally {
    answering = before;
    answeringListener = listenerBefore;
    if (isAsked && isSent(outgoing)) listener.closed(true);
    else {
      outgoing[listenerOf] = listener;
      outgoing.on('close', onClose);
    }
  }
};

/** From here on `listener` is told what is asked: chunks come in by `push`, whoever reads them later and however. */
export const tapRequest = (incoming: TappedRequest, listener: Listener): void => {
  if (incoming.push === tappedPush && incoming[listenerOf] === undefined) {
    incoming[listenerOf] = listener;
    return;
  }
  const { push } = incoming;
  const ownPush = (...words: Parameters<typeof push>): boolean => {
    listener.requestPassed(words[0], words[1]);
    return push.apply(incoming, words);
  };
  incoming.push = ownPush;
};

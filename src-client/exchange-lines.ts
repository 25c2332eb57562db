import type { Redactor } from '#shared/redaction/redactor.ts';
import { eventIdsOf, type IdSeed, placeInId } from './event-ids.ts';
import { type ExchangeForm, isStatus, type PassedMoment, partsOfUrl, requestModule, roundedMs } from './exchange.ts';
import type { LineWriter } from './lines.ts';
import { bytesOfUnit, type PassedBody, tellBody } from './told-body.ts';

/** The names that every exchange's entry is made of. */
const frame = [
  ...['occurredAt', 'actor', 'event', 'module', 'target', 'action', 'status', 'request', 'extra', 'eventId', 'source'],
  ...['method', 'path', 'query', 'body', 'responseBody', 'address', 'durationMs', 'correlationId', 'aborted'],
];

/** Texts and short bodies come again and again: so many are remembered, then the memory begins anew. */
const rememberedTexts = 2000;
const longestRemembered = 1000;
/** Methods, or types of bodies. */
const rememberedKinds = 20;

/** What a function makes of a text, remembered. */
const remembering = <Made>(make: (text: string) => Made): ((text: string) => Made) => {
  const known = new Map<string, Made>();
  return (text) => {
    if (text.length > longestRemembered) return make(text);
    let made = known.get(text);
    if (made === undefined) {
      made = make(text);
      if (known.size >= rememberedTexts) known.clear();
      // A copy: V8's piece of a longer text would keep all of that one, which may hold a large body.
      known.set(Buffer.from(text).toString(), made);
    }
    return made;
  };
};

/** The same for texts of several kinds. */
const rememberingKinds = <Made>(make: (kind: string, text: string) => Made): ((kind: string, text: string) => Made) => {
  const kinds = new Map<string, (text: string) => Made>();
  return (kind, text) => {
    let ofKind = kinds.get(kind);
    if (ofKind === undefined) {
      ofKind = remembering((said) => make(kind, said));
      if (kinds.size < rememberedKinds) kinds.set(kind, ofKind);
    }
    return ofKind(text);
  };
};

/** What bytes say; null when they are no UTF-8. */
const textOf = (bytes: Uint8Array): string | null => {
  const said = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  return said.includes('\ufffd') ? null : said;
};

/** A line's fixed beginning. */
const before = { id: '{"eventId":"', time: '","occurredAt":"', rest: '","actor":' };
const idAt = before.id.length;
const idLength = 36;
const timeAt = idAt + idLength + before.time.length;
/** Of every year with four digits. */
const timeLength = '2026-01-01T00:00:00.000Z'.length;
const msAt = timeAt + '2026-01-01T00:00:00.'.length;

const zero = 48;
const dot = 46;
const hexDigits = Buffer.from('0123456789abcdef');
/** Between the duration and its correlation, which is the line's own id, and behind that. */
const beforeId = Buffer.from(',"correlationId":"');
const behindId = Buffer.from('"}}');
/** Durations up to half an hour, microseconds, are written by digits: JavaScript's own way to a text takes longer. */
const longestByDigits = 30 * 60_000_000;
/** Room for a duration, its correlation and the end of the line. */
const tailBytes = 200;

/** Where the beginning of a line lies that is the same in each line of its form, but for id and time. */
interface Head {
  from: number;
  readonly length: number;
  /** Of the time there, since 1970. */
  second: number;
}

/** Writes the lines of one batch. Throws when an exchange can't be told. */
export type WriteExchange = (form: ExchangeForm, passed: PassedMoment, place: number) => void;

/**
 * Writes lines of exchanges, their secrets gone: each says what its entry would say, cleared and written as JSON, but is
 * made of parts, of which only those are looked through that can say anything; and what exchanges have in common is made
 * once and copied. Null when one of the frame's own names is the name of a secret: then the whole entry has to be cleared.
 */
export const createExchangeLines = (
  redactor: Redactor,
  source: string | null,
): ((writer: LineWriter, seed: IdSeed) => WriteExchange) | null => {
  if (frame.some((name) => redactor.isSecretKey(name) || redactor.text(name) !== name)) return null;

  const told = (value: unknown): string => JSON.stringify(redactor.value(value));
  const text = remembering(told);
  const plainBody = rememberingKinds((type, kept) => told(tellBody({ type, encoding: '', kept, more: 0 })));
  const body = (passed: PassedBody): string => {
    const { type, encoding, kept, more } = passed;
    if (more > 0 || encoding !== '' || kept.length > longestRemembered) return told(tellBody(passed));
    const said = typeof kept === 'string' ? kept : textOf(kept);
    // Bytes that are no text are told with their size, which a text made of them does not have.
    return said === null ? told(tellBody(passed)) : plainBody(type, said);
  };
  /** What was asked: the action, and what is told of it in the request. */
  const asking = rememberingKinds((method, url) => {
    const [path, query] = partsOfUrl(url);
    const request = `"method":${told(method)},"path":${told(path)}`;
    return {
      action: `,"action":${told(`${method} ${path}`)}`,
      request: query === null ? request : `${request},"query":${told(query)}`,
    };
  });
  const plainModule = `,"module":${told({ name: requestModule })}`;
  const target = `,"target":${told(requestModule)}`;
  const fromSource = source === null ? '' : `,"source":${JSON.stringify(source)}`;

  const headOf = (form: ExchangeForm, id: string, occurredAt: string): string => {
    const { method, url, actor, module, asked, answered, address, aborted, status } = form;
    const { action, request } = asking(method, url);
    const isKnown = isStatus(status);
    let head = `${before.id}${id}${before.time}${occurredAt}${before.rest}${actor === null ? null : told(actor)}`;
    head += `,"event":"REQUEST"${module === null ? plainModule : `,"module":${told(module)}`}${target}${action}`;
    head += `${fromSource},"status":${isKnown ? status : null},"extra":{`;
    if (aborted) head += '"aborted":true';
    if (!isKnown) head += `${aborted ? ',' : ''}"status":${told(status)}`;
    head += `},"request":{${request}`;
    if (asked !== null) head += `,"body":${body(asked)}`;
    if (answered !== null) head += `,"responseBody":${body(answered)}`;
    if (address !== null) head += `,"address":${text(address)}`;
    return `${head},"durationMs":`;
  };

  return (writer, seed) => {
    const idOf = eventIdsOf(seed);
    const heads = new Map<ExchangeForm, Head>();

    const writeFirst = (form: ExchangeForm, began: number, second: number, place: number): number => {
      const occurredAt = isoTime(began);
      const head = headOf(form, idOf(place), occurredAt);
      writer.makeRoom(head.length * bytesOfUnit + tailBytes);
      const length = writer.bytes.write(head, writer.end);
      heads.set(form, { from: writer.end, length, second });
      return writer.end + length;
    };

    const writeNext = (head: Head, began: number, second: number, place: number): number => {
      writer.makeRoom(head.length + tailBytes);
      const { bytes, end } = writer;
      bytes.copyWithin(end, head.from, head.from + head.length);
      const id = end + idAt + placeInId;
      bytes[id] = hexDigits[place >> 8] ?? zero;
      bytes[id + 1] = hexDigits[(place >> 4) & 15] ?? zero;
      bytes[id + 2] = hexDigits[place & 15] ?? zero;
      if (second === head.second) {
        putThree(bytes, end + msAt, began - second * 1000);
      } else {
        bytes.write(isoTime(began), end + timeAt);
        // Those that come next began in the same second, most likely.
        head.from = end;
        head.second = second;
      }
      return end + head.length;
    };

    return (form, { began, durationMs, correlationId }, place) => {
      // What may throw comes first: a line that is not finished is written over by the next.
      const correlation = correlationId === null ? null : told(correlationId);
      const second = Math.floor(began / 1000);
      const head = heads.get(form);
      let at = head === undefined ? writeFirst(form, began, second, place) : writeNext(head, began, second, place);
      const line = writer.end;
      at = putDuration(writer.bytes, at, durationMs);
      if (correlation === null) {
        const { bytes } = writer;
        at = putBytes(bytes, at, beforeId);
        bytes.copyWithin(at, line + idAt, line + idAt + idLength);
        writer.finish(putBytes(bytes, at + idLength, behindId));
      } else {
        const tail = `,"correlationId":${correlation}}}`;
        writer.makeRoom(at - line + tail.length * bytesOfUnit);
        writer.finish(at + writer.bytes.write(tail, at));
      }
    };
  };
};

/** Throws for a time that no line has room for: no clock of a program says one. */
const isoTime = (began: number): string => {
  const said = new Date(began).toISOString();
  if (said.length !== timeLength) throw new RangeError(`a time that is none: ${said}`);
  return said;
};

const putThree = (bytes: Uint8Array, at: number, number: number): void => {
  bytes[at] = zero + Math.floor(number / 100);
  bytes[at + 1] = zero + (Math.floor(number / 10) % 10);
  bytes[at + 2] = zero + (number % 10);
};

const putBytes = (bytes: Uint8Array, at: number, some: Uint8Array): number => {
  for (let i = 0; i < some.length; i += 1) bytes[at + i] = some[i] ?? zero;
  return at + some.length;
};

/** Milliseconds to the microsecond, as a number of JSON. */
const putDuration = (bytes: Buffer, at: number, durationMs: number): number => {
  const microseconds = Math.round(durationMs * 1000);
  if (!(microseconds >= 0 && microseconds < longestByDigits)) {
    return at + bytes.write(JSON.stringify(roundedMs(durationMs)), at);
  }
  const milliseconds = Math.floor(microseconds / 1000);
  let end = at + 1;
  for (let rest = milliseconds; rest >= 10; rest = Math.floor(rest / 10)) end += 1;
  let digit = end;
  let rest = milliseconds;
  do {
    digit -= 1;
    bytes[digit] = zero + (rest % 10);
    rest = Math.floor(rest / 10);
  } while (digit > at);
  bytes[end] = dot;
  putThree(bytes, end + 1, microseconds - milliseconds * 1000);
  return end + 4;
};

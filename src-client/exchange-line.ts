import type { Redactor } from '#shared/redaction/redactor.ts';
import { type Exchange, isStatus, partsOfUrl, requestModule, roundedMs } from './exchange.ts';
import { type PassedBody, tellBody } from './told-body.ts';

/** The names that every exchange's entry is made of. */
const frame = [
  ...['occurredAt', 'actor', 'event', 'module', 'target', 'action', 'status', 'request', 'extra', 'eventId', 'source'],
  ...['method', 'path', 'query', 'body', 'responseBody', 'address', 'durationMs', 'correlationId', 'aborted'],
];

/** Texts and short bodies come again and again: so many are remembered, then the memory begins anew. */
const rememberedTexts = 2000;
const longestRemembered = 1000;
const rememberedTypes = 20;

/** What a function makes of a text, remembered. */
const remembering = (make: (text: string) => string): ((text: string) => string) => {
  const known = new Map<string, string>();
  return (text) => {
    if (text.length > longestRemembered) return make(text);
    let made = known.get(text);
    if (made === undefined) {
      made = make(text);
      if (known.size >= rememberedTexts) known.clear();
      known.set(text, made);
    }
    return made;
  };
};

/** What bytes say; null when they are no UTF-8. */
const textOf = (bytes: Uint8Array): string | null => {
  const said = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  return said.includes('\ufffd') ? null : said;
};

/**
 * The line of an exchange, its secrets gone: the same as its entry cleared and written as JSON, made of its parts, of
 * which only those are looked through that can say anything. Null when one of the frame's own names is the name of a
 * secret: then the whole entry has to be cleared.
 */
export const createExchangeLine = (
  redactor: Redactor,
  source: string | null,
): ((exchange: Exchange, id: string) => string) | null => {
  if (frame.some((name) => redactor.isSecretKey(name) || redactor.text(name) !== name)) return null;

  const told = (value: unknown): string => JSON.stringify(redactor.value(value));
  const text = remembering(told);
  const bodies = new Map<string, (text: string) => string>();
  const body = (passed: PassedBody): string => {
    const { type, encoding, kept, more } = passed;
    if (more > 0 || encoding !== '' || kept.length > longestRemembered) return told(tellBody(passed));
    let ofType = bodies.get(type);
    if (ofType === undefined) {
      ofType = remembering((said) => told(tellBody({ type, encoding, kept: said, more })));
      if (bodies.size < rememberedTypes) bodies.set(type, ofType);
    }
    const said = typeof kept === 'string' ? kept : textOf(kept);
    // Bytes that are no text are told with their size, which a text made of them does not have.
    return said === null ? told(tellBody(passed)) : ofType(said);
  };
  const plain = text(requestModule);
  const noModule = told({ name: requestModule });
  const fromSource = source === null ? '' : `,"source":${JSON.stringify(source)}`;
  return (exchange, id) => {
    const { method, actor, module, asked, answered, address, aborted, correlationId } = exchange;
    const [path, query] = partsOfUrl(exchange.url);
    const status = isStatus(exchange.status);
    let line = `{"occurredAt":"${new Date(exchange.began).toISOString()}","actor":${actor === null ? null : told(actor)}`;
    line += `,"event":"REQUEST","module":${module === null ? noModule : told(module)},"target":${plain}`;
    line += `,"action":${text(`${method} ${path}`)},"status":${status ? exchange.status : null}`;
    line += `,"request":{"method":${text(method)},"path":${text(path)}`;
    if (query !== null) line += `,"query":${text(query)}`;
    if (asked !== null) line += `,"body":${body(asked)}`;
    if (answered !== null) line += `,"responseBody":${body(answered)}`;
    if (address !== null) line += `,"address":${text(address)}`;
    line += `,"durationMs":${roundedMs(exchange.durationMs)}`;
    line += `,"correlationId":${correlationId === null ? `"${id}"` : told(correlationId)}},"extra":{`;
    if (aborted) line += '"aborted":true';
    if (!status) line += `${aborted ? ',' : ''}"status":${told(exchange.status)}`;
    return `${line}},"eventId":"${id}"${fromSource}}`;
  };
};

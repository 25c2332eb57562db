import type { Redactor } from '#shared/redaction/redactor.ts';
import { type ExchangeForm, isStatus, type PassedMoment, partsOfUrl, requestModule, roundedMs } from './exchange.ts';
import { type PassedBody, tellBody } from './told-body.ts';

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

/** The line of an exchange in two parts: what its form says, and what is its own. `id` stands for a missing correlation. */
export interface ExchangeLine {
  head(form: ExchangeForm): string;
  tail(passed: PassedMoment, id: string): string;
}

/**
 * The line of an exchange, its secrets gone: it says what its entry would say, cleared and written as JSON, but is made of
 * parts, of which only those are looked through that can say anything. Null when one of the frame's own names is the name
 * of a secret: then the whole entry has to be cleared.
 */
export const createExchangeLine = (redactor: Redactor, source: string | null): ExchangeLine | null => {
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
  let lastBegan = Number.NaN;
  let occurredAt = '';
  return {
    head: ({ method, url, actor, module, asked, answered, address, aborted, status }) => {
      const { action, request } = asking(method, url);
      const isKnown = isStatus(status);
      let head = `{"actor":${actor === null ? null : told(actor)},"event":"REQUEST"`;
      head += `${module === null ? plainModule : `,"module":${told(module)}`}${target}${action}${fromSource}`;
      head += `,"status":${isKnown ? status : null},"extra":{`;
      if (aborted) head += '"aborted":true';
      if (!isKnown) head += `${aborted ? ',' : ''}"status":${told(status)}`;
      head += `},"request":{${request}`;
      if (asked !== null) head += `,"body":${body(asked)}`;
      if (answered !== null) head += `,"responseBody":${body(answered)}`;
      if (address !== null) head += `,"address":${text(address)}`;
      return `${head},"durationMs":`;
    },
    tail: ({ began, durationMs, correlationId }, id) => {
      // Many begin within the same millisecond.
      if (began !== lastBegan) {
        occurredAt = new Date(began).toISOString();
        lastBegan = began;
      }
      const correlation = correlationId === null ? `"${id}"` : told(correlationId);
      return `${roundedMs(durationMs)},"correlationId":${correlation}},"occurredAt":"${occurredAt}","eventId":"${id}"}`;
    },
  };
};

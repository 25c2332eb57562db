import type { AuditedRequest } from '#shared/contract/entry.ts';
import { readRequestAction, readRequestDetails } from './audited-request.ts';
import { at, type Draft } from './draft.ts';
import { readUuid } from './identity.ts';
import type { KnownUser } from './split-person.ts';

const wholeNumber = /^\s*-?\d{1,15}\s*$/;
/** Events that are recognised in an `action` column, and in spellings with spaces or hyphens. */
const knownEvents = new Set(['CREATE', 'UPDATE', 'DELETE', 'STATUS_CHANGE', 'REQUEST', 'LOGIN', 'LOGOUT']);

/** The date as it is spelled; one whose time of day stands in a column of its own is put together with it. */
export const settleDate = (draft: Draft): string | null => {
  const date = draft.get(at.occurredAt);
  const clock = draft.get(at.clock);
  if (date === null || clock === null) return date;
  if (!date.includes(':')) return `${date} ${clock}`;
  draft.keep('clock', clock);
  return date;
};

/** `person`: what the `user` column says of somebody, null when there is none. */
export const settleUser = (draft: Draft, person: KnownUser | null): void => {
  if (person !== null) {
    // Digits are the person's number, unless another column says that: then they are a login like any other.
    const id = draft.get(at.actorId);
    const isLogin = person.id !== null && id !== null && id !== person.id;
    draft.offer(isLogin ? at.actorLogin : at.actorId, person.id, 'user');
    draft.offer(at.actorLogin, person.login, 'user');
    draft.offer(at.actorName, person.name, 'user');
    draft.offer(at.actorEmail, person.email, 'user');
  }
  const first = draft.get(at.firstName);
  const last = draft.get(at.lastName);
  if (first === null && last === null) return;
  const name = `${first ?? ''} ${last ?? ''}`.trim();
  if (name !== '') draft.offer(at.actorName, name, 'name');
};

/** A module is named by a number or by a name, whatever its column is called. */
export const settleModule = (draft: Draft): void => {
  const module = draft.get(at.module);
  if (module !== null) draft.offer(wholeNumber.test(module) ? at.moduleNumber : at.moduleName, module, 'module');
  const number = draft.get(at.moduleNumber);
  if (number === null || wholeNumber.test(number)) return;
  draft.offer(at.moduleName, number, 'module');
  draft.set(at.moduleNumber, null);
};

/** The id that the row brings along; a text that is no UUID is an identifier of the source like any other. */
export const settleEventId = (draft: Draft): Uint8Array | null => {
  const text = draft.get(at.eventId);
  const id = text === null ? null : readUuid(text);
  if (id === null) draft.offer(at.sourceEntryId, text, 'eventId');
  return id;
};

/** An event as it is kept: in capitals, and the known ones in one spelling. */
export const spellEvent = (written: string): string => {
  if (knownEvents.has(written)) return written;
  const spelled = written.trim().toUpperCase();
  const joined = spelled.replace(/[\s-]+/g, '_');
  return knownEvents.has(joined) ? joined : spelled;
};

/** The event in capitals. A request is one even when only its action says so. */
export const settleEvent = (draft: Draft): string | null => {
  const event = draft.get(at.event);
  const written = event ?? draft.get(at.action);
  if (written === null) return null;
  const spelled = spellEvent(written);
  if (knownEvents.has(spelled)) return spelled;
  if (event === null) return readRequestAction(written) === null ? null : 'REQUEST';
  return spelled === '' ? null : spelled;
};

const requestPlaces = [
  at.requestMethod,
  at.requestPath,
  at.requestQuery,
  at.requestBody,
  at.responseBody,
  at.requestAddress,
  at.requestDurationMs,
  at.requestCorrelationId,
];

/** The request that the row tells of, from its own columns, its action and its details, in this order. */
export const settleRequest = (draft: Draft): AuditedRequest | null => {
  const action = draft.get(at.action);
  const spoken = action === null ? null : readRequestAction(action);
  if (spoken === null && draft.get(at.event) !== 'REQUEST') {
    if (requestPlaces.every((place) => draft.get(place) === null)) return null;
  }
  const detail = draft.get(at.detail);
  const told = detail === null ? null : readRequestDetails(detail);
  if (told !== null && told.status !== null && draft.get(at.status) === null) {
    draft.set(at.status, String(told.status));
  }
  const request: AuditedRequest = { ...told?.request };
  const method = draft.get(at.requestMethod) ?? spoken?.method;
  const path = draft.get(at.requestPath) ?? spoken?.path;
  const query = draft.get(at.requestQuery) ?? spoken?.query;
  const body = draft.get(at.requestBody);
  const responseBody = draft.get(at.responseBody);
  const address = draft.get(at.requestAddress);
  const duration = draft.get(at.requestDurationMs);
  const correlationId = draft.get(at.requestCorrelationId);
  if (method != null) request.method = method;
  if (path != null) request.path = path;
  if (query != null) request.query = query;
  if (body !== null) request.body = bodyOf(body);
  if (responseBody !== null) request.responseBody = bodyOf(responseBody);
  if (address !== null) request.address = address;
  if (correlationId !== null) request.correlationId = correlationId;
  if (duration !== null) {
    const milliseconds = Number(duration);
    if (Number.isFinite(milliseconds)) request.durationMs = milliseconds;
    else draft.keep('requestDurationMs', duration);
  }
  return Object.keys(request).length === 0 ? null : request;
};

/** A body that is JSON is kept as JSON, so that it can be shown as a tree. */
const bodyOf = (text: string): unknown => {
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // A body that only begins like JSON is kept as the text it is.
    return text;
  }
};

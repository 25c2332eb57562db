import type { AuditedRequest } from '#shared/contract/entry.ts';

const requestAction = /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|TRACE|CONNECT)\s+(\S.*)$/;

/** `POST /api/payments/create/?draft=1` as the audit log's middleware writes it; null for every other action. */
export const readRequestAction = (action: string): { method: string; path: string; query: string | null } | null => {
  const match = requestAction.exec(action);
  if (match === null) return null;
  const [, method = '', target = ''] = match;
  const mark = target.indexOf('?');
  return mark < 0
    ? { method, path: target, query: null }
    : { method, path: target.slice(0, mark), query: target.slice(mark + 1) };
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fold = (key: string): string => key.replace(/[^a-z]/gi, '').toLowerCase();

const requestKeys: Readonly<Record<string, keyof AuditedRequest>> = {
  method: 'method',
  requestmethod: 'method',
  path: 'path',
  url: 'path',
  requestpath: 'path',
  query: 'query',
  querystring: 'query',
  request: 'body',
  body: 'body',
  requestbody: 'body',
  requestdata: 'body',
  payload: 'body',
  response: 'responseBody',
  responsebody: 'responseBody',
  responsedata: 'responseBody',
  responsecontent: 'responseBody',
  ip: 'address',
  ipaddress: 'address',
  remoteaddr: 'address',
  address: 'address',
  durationms: 'durationMs',
  duration: 'durationMs',
  correlationid: 'correlationId',
  requestid: 'correlationId',
};
const statusKeys = new Set([
  'status',
  'statuscode',
  'responsestatus',
  'responsestatuscode',
  'responsecode',
  'httpstatus',
]);

export const readStatus = (value: unknown): number | null => {
  const status = typeof value === 'string' && /^\s*\d{3}\s*$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599 ? status : null;
};

/** The fields of a request in loose JSON; what does not fit a field's type is left out (it stays in its source). */
const takeRequest = (from: Record<string, unknown>): { request: AuditedRequest; status: number | null } => {
  const request: AuditedRequest = {};
  let status: number | null = null;
  for (const [key, value] of Object.entries(from)) {
    if (value === null || value === undefined) continue;
    const folded = fold(key);
    if (statusKeys.has(folded)) {
      status ??= readStatus(value);
      continue;
    }
    const field = requestKeys[folded];
    if (field === undefined || request[field] !== undefined) continue;
    if (field === 'body' || field === 'responseBody') request[field] = value;
    else if (field === 'durationMs') {
      if (typeof value === 'number') request.durationMs = value;
    } else if (typeof value === 'string') request[field] = value;
  }
  return { request, status };
};

const headerKeys = new Set(['method', 'path', 'url', 'body', 'requestbody', 'query', 'querystring', 'headers']);
const answerKeys = new Set(['status', 'statuscode', 'body', 'content', 'data', 'headers']);
const isWrapper = (value: unknown, keys: ReadonlySet<string>): value is Record<string, unknown> => {
  if (!isRecord(value)) return false;
  const own = Object.keys(value);
  return own.length > 0 && own.every((key) => keys.has(fold(key)));
};

/** `request` and `response` can be the bodies themselves or objects around them. */
const unwrap = (details: Record<string, unknown>): { request: AuditedRequest; status: number | null } => {
  const found = takeRequest(details);
  if (isWrapper(found.request.body, headerKeys)) {
    const { body: wrapper, ...outer } = found.request;
    found.request = { ...takeRequest(wrapper as Record<string, unknown>).request, ...outer };
  }
  const answer = found.request.responseBody;
  if (isWrapper(answer, answerKeys)) {
    const inner = takeRequest(answer);
    const body = Object.entries(answer).find(([key]) => ['body', 'content', 'data'].includes(fold(key)));
    found.status ??= inner.status;
    if (inner.status !== null || body !== undefined) {
      const { responseBody: _wrapper, ...outer } = found.request;
      found.request = body === undefined ? outer : { ...outer, responseBody: body[1] };
    }
  }
  return found;
};

const statusInText = /\bstatus(?:[ _]?code)?["']?\s*[:=]\s*["']?([1-5]\d{2})\b/i;

/**
 * What an audit log's free-text details say of the request: JSON with request, response and status in the usual
 * spellings, or a text that names its status. Null when nothing is recognised.
 */
export const readRequestDetails = (
  details: string,
): { readonly request: AuditedRequest; readonly status: number | null } | null => {
  if (details.startsWith('{')) {
    const parsed = parseRecord(details);
    if (parsed !== null) {
      const found = unwrap(parsed);
      return found.status === null && Object.keys(found.request).length === 0 ? null : found;
    }
  }
  const status = readStatus(statusInText.exec(details)?.[1]);
  return status === null ? null : { request: {}, status };
};

const parseRecord = (text: string): Record<string, unknown> | null => {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : null;
  } catch {
    // Free text that only begins like JSON.
    return null;
  }
};

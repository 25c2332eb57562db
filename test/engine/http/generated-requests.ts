import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** A request as it is sent; `path` is ASCII without spaces. */
export interface Shot {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** How the body comes: whole, cut off by a sender who leaves or goes silent, in pieces, with a false length. */
  readonly way: 'whole' | 'leaves' | 'half' | 'silent' | 'slow' | 'too long' | 'too short';
  readonly bearer: 'session' | 'read' | 'capture' | 'none' | 'junk';
}

const deep = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth);
const word = fc.oneof(
  fc.constantFrom('', 'a', '-1', '0', '1', '2', '50', '1e9', '9007199254740993', 'NaN', 'null', 'true', '[]', '{}'),
  fc.constantFrom('id:<5', 'usuario:ana', 'desde:-7d', '"a', 'evento:', '-timestamp', 'asc', 'UTC', 'Nowhere/Else'),
  fc.constantFrom(
    '__proto__',
    'constructor',
    "'; DROP TABLE entry; --",
    '\0',
    '\ud800',
    '../../etc/passwd',
    'ñ'.repeat(300),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const escaped = (text: string): string => encodeURIComponent(text.toWellFormed());
const piece = fc.oneof(
  { weight: 12, arbitrary: word.map(escaped) },
  { weight: 1, arbitrary: fc.constantFrom('%zz', '%', '%00', '%ff') },
);

/** Parameters of which some are known, some are doubled, and some are anything. */
const parameters = (names: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(
      fc.tuple(
        fc.oneof(
          { weight: 8, arbitrary: fc.constantFrom(...names, 'x').map(escaped) },
          { weight: 1, arbitrary: piece },
        ),
        piece,
      ),
      { maxLength: 5 },
    )
    .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`));

const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 0, 1, 1e308, 2 ** 53, '', '\0', '\ud800', 'ñ'.repeat(2000), [], {}, [[]]),
  word,
  fc.jsonValue({ maxDepth: 4 }),
);
const object = (names: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(
      fc.tuple(fc.oneof({ weight: 10, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: word }), scalar),
      {
        maxLength: 5,
      },
    )
    // By hand: names may come twice.
    .map((cells) => `{${cells.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`);
const strange = fc.constantFrom(
  deep(10_000, '[', ']'),
  deep(10_000, '{"a":', '}'),
  `{"a":${deep(10_000, '[', ']')}}`,
  `{"${'k'.repeat(1_000_000)}":1}`,
  `{"name":"${'v'.repeat(1_000_000)}","name":1}`,
  '{"__proto__":{"admin":true},"constructor":1}',
  '\ufeff{}',
  '{}\0',
  '\0',
  '{',
  '',
  'null',
  '"text"',
  '[{}]',
);
const json = (
  names: readonly string[],
  right: readonly string[],
  some: fc.Arbitrary<string> = object(names),
): fc.Arbitrary<Uint8Array> =>
  fc
    .oneof(
      { weight: 12, arbitrary: some },
      { weight: 3, arbitrary: scalar.map((value) => JSON.stringify(value) ?? '') },
      { weight: 1, arbitrary: strange },
      { weight: 3, arbitrary: fc.constantFrom('{}', ...right) },
    )
    .map((text) => Buffer.from(text));
/** A body of which some bytes were cut or changed. */
const broken = (body: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> =>
  fc.tuple(body, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([bytes, from, byte]) => {
    const at = bytes.length === 0 ? 0 : from % bytes.length;
    return Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at + (from % 4))]);
  });

const bearer = fc.oneof(
  { weight: 20, arbitrary: fc.constant('right' as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'session' as const,
      'read' as const,
      'capture' as const,
      'none' as const,
      'junk' as const,
    ),
  },
);
const strangeHeaders = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Record<string, string>>(
      ...[
        'text/plain',
        'application/x-ndjson',
        'multipart/form-data; boundary=x',
        ',',
        'application/json;charset=latin1',
      ].map((type) => ({ 'content-type': type })),
      { 'content-encoding': 'gzip' },
      { 'content-encoding': 'br' },
      { 'accept-language': 'es;q=x,,;' },
      { range: 'bytes=9-1' },
      { 'if-none-match': '*' },
      { 'accept-encoding': 'x'.repeat(5000) },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Record<string, string>>({ host: 'evil.example' }, { origin: 'http://evil.example' }),
  },
);
const way = fc.oneof(
  { weight: 60, arbitrary: fc.constant('whole' as const) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'leaves' as const,
      'half' as const,
      'slow' as const,
      'too long' as const,
      'too short' as const,
    ),
  },
);

interface Told {
  readonly method: Shot['method'];
  readonly path: fc.Arbitrary<string>;
  readonly body?: fc.Arbitrary<Uint8Array>;
  readonly type?: string;
  readonly by: Shot['bearer'];
}

const shots = ({ method, path, body, type = 'application/json', by }: Told): fc.Arbitrary<Shot> =>
  fc
    .record({
      path,
      body: fc.option(
        body === undefined
          ? fc.constant(Buffer.from('{}'))
          : fc.oneof({ weight: 5, arbitrary: body }, { weight: 1, arbitrary: broken(body) }),
        {
          // A GET with a body is rare, a POST without one too.
          freq: method === 'GET' ? 1 : 20,
          nil: null,
        },
      ),
      headers: strangeHeaders,
      way,
      bearer,
      packed: fc.nat(9).map((n) => n === 0),
    })
    .map(({ body: bytes, headers, bearer: who, packed, ...rest }) => {
      const plain = Object.keys(headers).length === 0 && bytes !== null;
      const sent = bytes === null || (method === 'GET' && bytes.length < 1) ? null : bytes;
      return {
        ...rest,
        method,
        headers: {
          ...(sent === null ? {} : { 'content-type': type }),
          ...(plain && packed ? { 'content-encoding': 'gzip' } : {}),
          ...headers,
        },
        body: plain && packed && sent !== null ? gzipSync(sent) : sent,
        bearer: who === 'right' ? by : who,
      };
    });

const at = (address: string, names: readonly string[]): fc.Arbitrary<string> =>
  parameters(names).map((text) => address + text);
const slash = (address: string): fc.Arbitrary<string> => fc.constantFrom(address, `${address}/`);
const listNames = ['query', 'sort', 'limit', 'after', 'zone', 'accents'];
const auditNames = ['user', 'action', 'model_name', 'ordering', 'page', 'page_size'];
const tableNames = [
  ...['draw', 'start', 'length', 'order[0][column]', 'order[0][dir]'],
  ...['usuario_id', 'evento', 'afectacion', 'filtro', 'search[value]'],
];
/** What the ledger keeps a list of in memory: here a few names, else the list's growth is what is measured. */
const listed = ['actor', 'event', 'module', 'target', 'field', 'source'];
const entryNames = [
  ...['eventId', 'occurredAt', 'recordId', 'oldValue', 'newValue', 'detail', 'action', 'status', 'request'],
  ...['sourceEntryId', 'extra'],
];
const entries = fc
  .tuple(
    object(entryNames),
    fc.array(
      fc.tuple(
        fc.constantFrom(...listed),
        fc.constantFrom<unknown>('CREATE', 'ana', 7, [], {}, true, 'x'.repeat(1001)),
      ),
    ),
  )
  .map(([cells, names]) => {
    const more = names.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    return `{${[...more, ...(cells === '{}' ? [] : [cells.slice(1, -1)])].join(',')}}`;
  });
const exportNames = ['query', 'sort', 'zone', 'accents', 'format', 'columns', 'language', 'options', 'bundle'];
const get = (path: fc.Arbitrary<string>, by: Shot['bearer']): fc.Arbitrary<Shot> => shots({ method: 'GET', path, by });
const post = (
  path: fc.Arbitrary<string>,
  by: Shot['bearer'],
  names: readonly string[],
  right: readonly string[] = [],
): fc.Arbitrary<Shot> => shots({ method: 'POST', path, by, body: json(names, right) });

/** Requests of each route; `procedures` are those that may be called with anything. */
export const requestsOf = (procedures: readonly string[]): Readonly<Record<string, fc.Arbitrary<Shot>>> => ({
  'POST /api/entries': shots({
    method: 'POST',
    path: at('/api/entries', []),
    by: 'capture',
    body: json([], [], entries),
  }),
  'GET /api/entries': get(at('/api/entries', listNames), 'read'),
  'GET /api/entries/{id}': get(
    piece.map((id) => `/api/entries/${id}`),
    'read',
  ),
  'GET /api/audit_log/': get(
    slash('/api/audit_log').chain((path) => at(path, auditNames)),
    'read',
  ),
  'GET /api/audit_log/{id}/': get(
    piece.chain((id) => slash(`/api/audit_log/${id}`)),
    'read',
  ),
  'GET /api/admin/audit-logs/': get(
    slash('/api/admin/audit-logs').chain((path) => at(path, auditNames)),
    'session',
  ),
  'GET /api/registro_actividad/datatable': get(
    slash('/api/registro_actividad/datatable').chain((path) => at(path, tableNames)),
    'read',
  ),
  'GET /api/registro_actividad/usuarios': get(
    slash('/api/registro_actividad/usuarios').chain((path) => at(path, ['x'])),
    'read',
  ),
  'GET /api/openapi.json': get(at('/api/openapi.json', ['x']), 'none'),
  'GET /api/health': get(at('/api/health', ['x']), 'none'),
  'POST /api/export': post(at('/api/export', []), 'read', exportNames, ['{"format":"csv","query":"id:<5"}']),
  'POST /rpc/{procedure}': post(
    fc.oneof(
      { weight: 10, arbitrary: fc.constantFrom(...procedures).map((name) => `/rpc/${name}`) },
      { weight: 1, arbitrary: piece.map((name) => `/rpc/${name}`) },
    ),
    'session',
    [
      'view',
      'start',
      'limit',
      'id',
      'grant',
      'request',
      'options',
      'login',
      'password',
      'name',
      'role',
      'columns',
      'key',
      'value',
    ],
  ),
  'POST /upload': shots({
    method: 'POST',
    path: at('/upload', ['name']),
    by: 'session',
    type: 'application/octet-stream',
    body: json(['id', 'fecha'], ['id;fecha\n1;2026-03-10\n']),
  }),
  'POST /downloads/target': post(at('/downloads/target', []), 'session', ['name'], ['{"name":"a.csv"}']),
  'POST /downloads/ticket': post(at('/downloads/ticket', []), 'session', ['job', 'file', 'show']),
  'GET /downloads/{ticket}': get(
    piece.map((ticket) => `/downloads/${ticket}`),
    'none',
  ),
  'GET a file of the page': get(
    piece.chain((name) => fc.constantFrom('/', `/${name}`, `/assets/${name}`, `/../${name}`)),
    'none',
  ),
});

import { createHmac } from 'node:crypto';
import fc from 'fast-check';

export const digest = (secret: string): Uint8Array => createHmac('sha256', 'a key of the test').update(secret).digest();

const luhnDigit = (digits: string): string => {
  for (let last = 0; last < 10; last += 1) {
    const sum = [...`${digits}${last}`].reverse().reduce((total, digit, place) => {
      const value = Number(digit) * (place % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
    if (sum % 10 === 0) return String(last);
  }
  throw new Error('one of ten digits fits');
};

const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((list) => list.join(''));

/** A number that a payment card could have. */
export const cardNumber: fc.Arbitrary<string> = fc
  .oneof(
    fc
      .tuple(fc.constantFrom('4', '51', '55', '2221', '6011', '3530', '622'), digits(15))
      .map(([start, rest]) => (start + rest).slice(0, 15)),
    fc.tuple(fc.constantFrom('34', '37'), digits(12)).map(([start, rest]) => start + rest),
  )
  .map((most) => most + luhnDigit(most));

const word = fc.stringMatching(/^[A-Za-z0-9]{12,24}$/);
/** What people choose for a password: no separator of the carriers' own, which would end it for every reader. */
const passphrase = fc.stringMatching(/^[A-Za-z0-9!#*()ñáé.-]{10,30}$/).filter((text) => !text.includes('--'));

/** A secret, and what of it must not be found. */
export interface Secret {
  readonly kind: 'named' | 'pattern';
  readonly text: string;
  readonly needle: string;
}

export const namedSecret: fc.Arbitrary<Secret> = passphrase.map((text) => ({ kind: 'named', text, needle: text }));

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** Secrets that show by their form. */
export const patternSecret: fc.Arbitrary<Secret> = fc.oneof(
  cardNumber.map((text): Secret => ({ kind: 'pattern', text, needle: text })),
  cardNumber.map((number): Secret => {
    const text = number.replace(/(.{4})(?=.)/g, '$1 ');
    return { kind: 'pattern', text, needle: text };
  }),
  word.map((token): Secret => ({ kind: 'pattern', text: `Bearer ${token}0.${token}`, needle: token })),
  word.map((token): Secret => {
    const payload = base64url(`{"sub":"${token}"}`);
    return { kind: 'pattern', text: `${base64url('{"alg":"HS256"}')}.${payload}.${token}`, needle: payload };
  }),
  word.map((pass): Secret => ({ kind: 'pattern', text: `postgres://app:${pass}@db.example:5432/x`, needle: pass })),
  word.map(
    (pass): Secret => ({ kind: 'pattern', text: `mongodb+srv://app:${pass}/@${pass}@db.example/x`, needle: pass }),
  ),
  word.map((pass): Secret => ({ kind: 'pattern', text: `https://app:${pass}@api.example/v1?x=1`, needle: pass })),
  word.map(
    (key): Secret => ({
      kind: 'pattern',
      text: `-----BEGIN RSA PRIVATE KEY-----\n${key}${key}\n${key}==\n-----END RSA PRIVATE KEY-----`,
      needle: key,
    }),
  ),
  word.map((key): Secret => ({ kind: 'pattern', text: `-----BEGIN PRIVATE KEY-----\n${key}${key}\n`, needle: key })),
  word.map((key): Secret => ({ kind: 'pattern', text: `sk_live_${key}`, needle: key })),
  word.map(
    (pass): Secret => ({
      kind: 'pattern',
      text: `Basic ${Buffer.from(`ana:${pass}`).toString('base64')}`,
      needle: Buffer.from(`ana:${pass}`).toString('base64').replace(/=+$/, ''),
    }),
  ),
);

export const secretName = fc.constantFrom(
  ...['password', 'userPassword', 'PASSWORD_CONFIRMATION', 'contraseña', 'nuevaContrasena', 'secret', 'client_secret'],
  ...['token', 'access_token', 'refreshToken', 'csrfmiddlewaretoken', 'apiKey', 'x-api-key', 'Authorization', 'Cookie'],
  ...[
    'set-cookie',
    'card',
    'card_number',
    'cardNumber',
    'tarjeta',
    'cvv',
    'cvc2',
    'curp',
    'rfc',
    'RFC_emisor',
    'clabe',
  ],
  ...['pwd', 'db.pwd', 'sessionid', 'credenciales', 'nip'],
);
const ordinaryName = fc.constantFrom('user', 'nombre', 'data', 'items', 'monto', 'note', 'campo2', 'página', 'x');

type Carrier = (name: string, secret: string) => unknown;

/** A value under a name that says that it is one, in every form in which bodies are written. */
export const namedCarriers: Readonly<Record<string, Carrier>> = {
  'a JSON value': (name, secret) => ({ user: 'ana', [name]: secret }),
  'a deep JSON value': (name, secret) => ({ a: [{ b: { [name]: { inner: [secret, { more: secret }] } } }] }),
  'JSON text': (name, secret) => JSON.stringify({ user: 'ana', [name]: secret, n: 123456789 }, null, 2),
  'JSON text with the name twice': (name, secret) =>
    `{${JSON.stringify(name)}:${JSON.stringify(secret)},${JSON.stringify(name)}:null}`,
  'JSON text with escapes': (name, secret) =>
    `{"${[...name].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}":${JSON.stringify(secret)}}`,
  'JSON text that was cut': (name, secret) =>
    JSON.stringify({ user: 'ana', [name]: `${secret} and more` }).slice(0, -7),
  'lines of JSON': (name, secret) => `{"a":1}\n{${JSON.stringify(name)}:[${JSON.stringify(secret)}]}\n`,
  'JSON in JSON in JSON': (name, secret) => ({
    body: JSON.stringify({ inner: JSON.stringify({ [name]: secret }) }),
  }),
  'a form': (name, secret) => `user=ana&${encodeURIComponent(name)}=${encodeURIComponent(secret)}&next=%2F`,
  'a form with brackets': (name, secret) => `user%5B${encodeURIComponent(name)}%5D=${encodeURIComponent(secret)}`,
  'a form with all letters encoded': (name, secret) =>
    `${[...Buffer.from(name)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')}=${encodeURIComponent(secret)}`,
  'JSON in a form': (name, secret) => `payload=${encodeURIComponent(JSON.stringify({ [name]: secret }))}&x=1`,
  multipart: (name, secret) =>
    `--x7\r\nContent-Disposition: form-data; name="user"\r\n\r\nana\r\n--x7\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${secret}\r\n--x7--\r\n`,
  'multipart that was cut': (name, secret) =>
    `--x7\r\nContent-Disposition: form-data; name="${name}"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n${secret}`,
  'a path with a query': (name, secret) =>
    `/api/login/?next=/&${encodeURIComponent(name)}=${encodeURIComponent(secret)}`,
  'a whole address': (name, secret) =>
    `https://example.org/reset?${encodeURIComponent(name)}=${encodeURIComponent(secret)}#top`,
  headers: (name, secret) => `Host: example.org\r\n${name}: ${secret}\r\nAccept: */*`,
  'a cookie header’s pairs': (name, secret) => `theme=dark; ${name}=${secret}; lang=es`,
  'a connection string': (name, secret) => `Server=db;User Id=app;${name}=${secret};Encrypt=true`,
  'a libpq string': (name, secret) => `host=db user=app ${name}='${secret}' dbname=x`,
  XML: (name, secret) =>
    `<login><user>ana</user><${name.replace('ñ', 'n')}>${secret}</${name.replace('ñ', 'n')}></login>`,
  'an attribute': (name, secret) => `<input name="${name}" ${name}="${secret}">`,
  'a line of a log': (name, secret) => `2026-03-01 10:00:00 INFO login user=ana ${name}=${secret} ok`,
  prose: (name, secret) => `El usuario cambió su ${name}: ${secret}`,
  'a dict of Python': (name, secret) => `{'user': 'ana', '${name}': '${secret}'}`,
  YAML: (name, secret) => `user: ana\n${name}: "${secret}"\nlang: es`,
  'escaped JSON inside a line': (name, secret) => `payload={\\"user\\":\\"ana\\",\\"${name}\\":\\"${secret}\\"}`,
  'JSON as HTML': (name, secret) => `<div data-x="{&quot;${name}&quot;:&quot;${secret}&quot;}">`,
  'JSON as HTML in a form': (name, secret) => `a=1&data={&quot;${name}&quot;:&quot;${secret}&quot;}&b=2`,
  'base64 of JSON': (name, secret) => Buffer.from(JSON.stringify({ [name]: secret })).toString('base64'),
  'base64 in JSON': (name, secret) => ({
    blob: base64url(`user=ana&${encodeURIComponent(name)}=${encodeURIComponent(secret)}`),
  }),
  'a pair spelled out': (name, secret) => [
    { name, value: secret },
    { name: 'user', value: 'ana' },
  ],
  'a pair spelled out, in text': (name, secret) =>
    JSON.stringify({ params: [{ key: name, old_value: secret, new_value: secret }] }),
  'pairs in a list': (name, secret) => ({
    headers: [
      ['user', 'ana'],
      [name, secret],
    ],
  }),
  'JSON percent-encoded': (name, secret) => encodeURIComponent(JSON.stringify({ [name]: secret })),
};

/** What shows by its form is found under any name. */
export const patternCarriers: Readonly<Record<string, Carrier>> = {
  'a JSON value': (name, secret) => ({ [name]: secret }),
  'a member’s name': (_name, secret) => ({ [secret]: 1 }),
  'JSON text': (name, secret) => JSON.stringify({ [name]: [secret] }),
  'JSON in JSON': (name, secret) => ({ body: JSON.stringify({ [name]: secret }) }),
  'a form': (name, secret) => `a=1&${encodeURIComponent(name)}=${encodeURIComponent(secret)}`,
  multipart: (name, secret) => `--x7\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${secret}\r\n--x7--\r\n`,
  prose: (_name, secret) => `se recibió ${secret} de la usuaria`,
  'a path': (name, secret) => `/api/${name}/${encodeURIComponent(secret)}/`,
  'base64 of JSON': (name, secret) => Buffer.from(JSON.stringify({ [name]: secret })).toString('base64'),
  'an action': (name, secret) => `POST /api/${name}/${encodeURIComponent(secret)}/`,
  'a form in a line': (name, secret) => `ValueError: a=1&${encodeURIComponent(name)}=${encodeURIComponent(secret)}`,
};

export interface Planted {
  readonly carrier: string;
  readonly body: unknown;
  readonly secret: Secret;
}

/** Secrets planted one in each way, over and over, with names and texts that chance chose. */
export const plantedSecrets = (count: number, seed: number): readonly Planted[] => {
  const named = Object.entries(namedCarriers);
  const patterns = Object.entries(patternCarriers);
  return fc
    .sample(fc.record({ named: namedSecret, pattern: patternSecret, name: secretName, other: ordinaryName }), {
      numRuns: count,
      seed,
    })
    .map((chosen, place): Planted => {
      const isNamed = place % 4 !== 3;
      const list = isNamed ? named : patterns;
      // Each list is gone through in turn, so that every form has its secrets.
      const nth = isNamed ? place - Math.floor((place + 1) / 4) : Math.floor(place / 4);
      const [carrier, make] = list[nth % list.length] ?? ['', () => null];
      const secret = isNamed ? chosen.named : chosen.pattern;
      return { carrier, body: make(isNamed ? chosen.name : chosen.other, secret.text), secret };
    });
};

/** The ways in which a text could still be read from what was kept. */
export const spellingsOf = (needle: string): readonly string[] => [
  needle,
  encodeURIComponent(needle),
  JSON.stringify(needle).slice(1, -1),
  Buffer.from(needle).toString('base64').replace(/=+$/, '').slice(0, -2),
];

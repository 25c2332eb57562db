import fc from 'fast-check';
import {
  cardNumber,
  namedCarriers,
  namedSecret,
  patternCarriers,
  patternSecret,
  plantedSecrets,
  secretName,
} from './planted-secrets.ts';

/** What texts with secrets are made of, and what nearly looks like it: signs, quotes, names, beginnings and ends. */
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'=:;,&?#%@/\\"\'<>{}[]|+-_.$ \n\t'.split(''), '\r\n', '\r\n\r\n') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[
        '=>',
        ':=',
        '%3A',
        '%3d',
        '%20',
        '%',
        '%C3%B1',
        '%ff',
        '%5B',
        '&quot;',
        '&#34;',
        '\\"',
        '\\\\"',
        '\\u0070',
        '://',
      ],
      ...[
        'Bearer ',
        'basic ',
        'Token\t',
        'apikey  ',
        'Bearer abcdefghijkl',
        'Basic YW5hOmh1bnRlcjI=',
        'basic information',
      ],
      ...[
        '-----BEGIN PRIVATE KEY-----',
        '-----END PRIVATE KEY-----',
        'eyJhbGciOi',
        'eyJhbGciOi.eyJzdWIiOi.x',
        'sk_live_',
        'SG.',
      ],
      ...[
        'postgres://app:',
        'https://ana:pw@',
        'null',
        'true',
        'none',
        '--x7\r\nContent-Disposition: form-data; name="pin"',
      ],
      ...[
        '\u00a0',
        '\u2028',
        '\ufeff',
        '\u0085',
        '\x1c',
        'ſ',
        'İ',
        'ｐｉｎ',
        'contraseña',
        'contrasen\u0303a',
        '𝐩𝐢𝐧',
        '٣',
        '½',
        '\ud800',
        '😀',
      ],
      ...[
        '[redacted:abcdefghijklmnop]',
        '[redacted:',
        '<password>',
        '</password>',
        '<a pin="',
        'user',
        'author',
        'perfcounter',
      ],
      ...[
        '4111111111111111',
        '4111 1111-1111 1111',
        '4111111111111.11',
        '1.50',
        '1e5',
        '2026-03-01T10:00:00Z',
        'ffffffffffff',
      ],
    ),
  },
  { weight: 3, arbitrary: secretName },
  { weight: 2, arbitrary: fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/) },
  { weight: 1, arbitrary: cardNumber },
  // Letters that both sides' Unicode knows: a newer one has letters where an older one has nothing.
  { weight: 1, arbitrary: fc.string({ unit: fc.nat(0x7ff).map((code) => String.fromCharCode(code)), maxLength: 5 }) },
);
const soup = fc.array(piece, { minLength: 2, maxLength: 24 }).map((pieces) => pieces.join(''));

const carried = fc
  .tuple(
    fc.constantFrom(...Object.values(namedCarriers), ...Object.values(patternCarriers)),
    fc.oneof(secretName, fc.constantFrom('user', 'nota', 'campo')),
    fc.oneof(namedSecret, patternSecret),
  )
  .map(([carry, name, { text }]) => carry(name, text));
const carriedText = carried.map((body) => (typeof body === 'string' ? body : JSON.stringify(body)));

/** A text that was cut, doubled, wrapped, or had something put into it. */
const spoiled = fc
  .tuple(fc.oneof(carriedText, soup), fc.oneof(carriedText, soup), fc.nat(400), fc.nat(8), piece)
  .map(([text, other, at, how, put]) => {
    const place = at % (text.length + 1);
    const ways = [
      text.slice(0, place),
      text.slice(place),
      `${text.slice(0, place)}${put}${text.slice(place)}`,
      `${text}${put}${other}`,
      JSON.stringify({ a: text, [other.slice(0, 40)]: [put, text] }),
      `a=${encodeURIComponent(text.toWellFormed())}&${put}=${other}`,
      Buffer.from(text).toString('base64'),
      text.replaceAll('"', '\\"'),
      `${text.slice(0, place)}${other}${text.slice(place)}`,
    ];
    return ways[how] ?? text;
  });

const scalar = fc.oneof(
  spoiled,
  soup,
  cardNumber.map(Number),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc.constantFrom(null, true, false, 0, 1e21, 1.5e-7, 1e-6, 123456789.125),
);
const key = fc.oneof(secretName, fc.constantFrom('user', 'name', 'value', 'field', 'oldValue', 'newValue', 'a'), soup);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: false },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    fc.tuple(key, tie('tree')).map(([name, value]) => ({ name, value })),
  ),
}));

/** Bodies for two redactors to be compared by: planted secrets, what is left of them when they are spoiled, and anything. */
export const redactionCases = (count: number, seed: number): readonly unknown[] => {
  const third = Math.ceil(count / 3);
  return [
    ...plantedSecrets(third, seed).map(({ body }) => body),
    ...fc.sample(fc.oneof(spoiled, soup), { numRuns: third, seed }),
    ...fc.sample(tree, { numRuns: third, seed }),
  ];
};

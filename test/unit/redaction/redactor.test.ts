import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, deepestValue, tooDeep } from '#shared/redaction/redactor.ts';
import { defaultSecretKeys } from '#shared/redaction/secret-keys.ts';
import {
  cardNumber,
  digest,
  namedCarriers,
  namedSecret,
  patternCarriers,
  patternSecret,
  plantedSecrets,
  secretName,
  spellingsOf,
} from './planted-secrets.ts';

const redactor = createRedactor({ keys: defaultSecretKeys, digest });
const marker = /\[redacted:[a-p]{16}\]/;

const expectGone = (body: unknown, needle: string): void => {
  const kept = JSON.stringify(redactor.value(body));
  for (const spelling of spellingsOf(needle)) {
    if (spelling.length >= 8) expect(kept, JSON.stringify(body)).not.toContain(spelling);
  }
};

describe('secrets by the name they stand under', () => {
  it.each(Object.entries(namedCarriers))('%s', (_what, carry) => {
    fc.assert(
      fc.property(secretName, namedSecret, (name, { text, needle }) => expectGone(carry(name, text), needle)),
      { numRuns: 60, seed: 5 },
    );
  });

  it.each([
    ...[
      'password',
      'Password1',
      'userPasswordConfirm',
      'PASSWD',
      'contraseña',
      'Contraseña Nueva',
      'api_key',
      'apikey',
    ],
    ...['X-API-Key', 'accessToken', 'id-token', 'Set-Cookie', 'card', 'credit_card', 'cardnumber', 'numeroTarjeta'],
    ...['cvv', 'CVV2', 'rfc', 'rfcEmisor', 'RFC', 'curp_titular', 'clabe', 'clabeInterbancaria', 'auth', 'nip', 'pin'],
    ...['user[password]', 'db.password', 'ｐａｓｓｗｏｒｄ', 'sesión.session_id'],
  ])('%s is such a name', (name) => expect(redactor.isSecretKey(name)).toBe(true));

  it.each([
    ...['user', 'author', 'compass', 'passenger', 'perfcounter', 'discard', 'cardiology', 'opinion', 'pinned', 'spin'],
    ...['estatus', 'clave', 'clave_producto', 'descripcion', 'rfcx', 'curpo', 'campo', '', 'x', 'p'.repeat(300)],
  ])('%s is none', (name) => expect(redactor.isSecretKey(name)).toBe(false));

  it('the list is a setting', () => {
    const own = createRedactor({ keys: ['matrícula', 'lote'], digest });
    const body = { password: 'abierta', Matricula: 'ABC-123', numero_lote: 'L-77', pelotero: 'sí' };
    expect(own.value(body)).toEqual({
      password: 'abierta',
      Matricula: expect.stringMatching(marker),
      numero_lote: expect.stringMatching(marker),
      pelotero: 'sí',
    });
    expect(own.text('matricula=ABC-123&x=1')).toMatch(/^matricula=\[redacted:[a-p]{16}\]&x=1$/);
  });
});

describe('secrets by their form', () => {
  it.each(Object.entries(patternCarriers))('%s', (_what, carry) => {
    fc.assert(
      fc.property(patternSecret, ({ text, needle }) => expectGone(carry('nota', text), needle)),
      { numRuns: 60, seed: 6 },
    );
  });

  it('card numbers as numbers, grouped, among other numbers', () => {
    fc.assert(
      fc.property(cardNumber, (card) => {
        expect(redactor.value({ n: Number(card) })).toEqual({ n: expect.stringMatching(marker) });
        expect(redactor.text(`[1, ${card}, 2]`)).toMatch(/^\[1, "\[redacted:[a-p]{16}\]", 2\]$/);
        const grouped = card.replace(/(.{4})(?=.)/g, '$1-');
        expect(redactor.text(`pago con ${grouped} hoy`)).toMatch(/^pago con \[redacted:[a-p]{16}\] hoy$/);
        expect(redactor.text(`2026 ${grouped}, 17`)).not.toContain(grouped);
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it.each([
    '4111111111111112',
    '1772360000000000',
    '1772360000123',
    '{"at":1772360000123456,"n":12345678901234567890}',
    'pi 3.4111111111111111',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '5f41111111111111110a2b3c4d5e6f70',
    '{"monto":4111111111111.11}',
    '{"monto":4111111111111.15,"otro":4111111111112.1}',
    '1 (PENDIENTE)',
    'PTE-2026-123',
    'Status changed for PTE-2026-123: 1 (PENDIENTE) -> 2 (EN PROCESO)',
    'Basic information about the bearer of this card',
    'https://example.org/a?b=c&d=e',
    'GET /api/payments/methods/',
    '2026-03-09 14:30:00',
    '{"usuario": "ana", "monto": 1234567890123, "hora": "10:00:00"}',
    'a=1&b=2&fecha=2026-03-01T10%3A00',
    '--x\r\nContent-Disposition: form-data; name="user"\r\n\r\nana\r\n--x--\r\n',
    '<p>hola</p>',
    'La contraseña se cambió',
    'password: null',
    'mailto:ana@example.org',
    'http://localhost:4701/x@2',
    'SGVsbG8gd29ybGQsIHRoaXMgaXMgcGxhaW4gdGV4dCE=',
    '[redacted:abcdefghijklmnop]',
  ])('%s stays as it is', (text) => {
    expect(redactor.text(text)).toBe(text);
    const body = { a: [text, { b: text }] };
    expect(redactor.value(body)).toBe(body);
  });
});

describe('what stays', () => {
  it('JSON text keeps its spelling where there is no secret', () => {
    const text = '{ "id": 12345678901234567890,\n  "password" : "hunter2hunter2", "n": 1.50, "id": 2 }';
    expect(redactor.text(text)).toBe(text.replace('hunter2hunter2', String(redactor.secret('hunter2hunter2'))));
  });

  it('names, nulls and booleans under a secret’s name', () => {
    expect(redactor.value({ card: { brand: 'visa', number: '4111111111111111', saved: true, expires: null } })).toEqual(
      {
        card: {
          brand: expect.stringMatching(marker),
          number: expect.stringMatching(marker),
          saved: true,
          expires: null,
        },
      },
    );
  });

  it('equal secrets have equal markers wherever they stand, others have others', () => {
    const markers = (body: unknown) =>
      [...JSON.stringify(redactor.value(body)).matchAll(new RegExp(marker, 'g'))].map(String);
    fc.assert(
      fc.property(secretName, secretName, namedSecret, namedSecret, (one, other, secret, different) => {
        const [expected] = markers({ password: secret.text });
        for (const carry of Object.values(namedCarriers)) {
          const body = carry(one, secret.text);
          if (
            /that was cut|base64|spelled/.test(
              Object.keys(namedCarriers).find((key) => namedCarriers[key] === carry) ?? '',
            )
          )
            continue;
          expect(markers(body)[0], JSON.stringify(body)).toBe(expected);
        }
        if (secret.text !== different.text) expect(markers({ [other]: different.text })[0]).not.toBe(expected);
      }),
      { numRuns: 20, seed: 8 },
    );
    const card = redactor.secret('4111111111111111');
    expect(redactor.value(4_111_111_111_111_111)).toBe(card);
    expect(redactor.text('4111 1111 1111 1111')).toBe(card);
    expect(redactor.value({ tarjeta: '4111-1111-1111-1111' })).toEqual({ tarjeta: card });
    expect(redactor.value({ Authorization: 'Bearer abcdef0123456789abcdef' })).toEqual({
      Authorization: redactor.text('Bearer abcdef0123456789abcdef'),
    });
    const other = createRedactor({ keys: defaultSecretKeys, digest: (secret) => digest(`${secret} with another key`) });
    expect(other.secret('4111111111111111')).not.toBe(card);
  });

  it('half a letter is no letter, and no error', () => {
    const kept = redactor.text('a=\ud800%20Bearer%20abcdefghijklmnop1234&b=1');
    expect(kept).toMatch(/^a=%EF%BF%BD%20Bearer%20\[redacted:[a-p]{16}\]&b=1$/);
    expect(redactor.value({ a: '\udfff password=hunter2hunter2' })).toEqual({
      a: expect.stringMatching(/^\udfff password=\[redacted:[a-p]{16}\]$/),
    });
  });

  it('a token is found behind a hyphen, and what stands before it stays', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';
    expect(redactor.text(`id-${token}`)).toMatch(/^id-\[redacted:[a-p]{16}\]$/);
    expect(redactor.text(`v1.${token}`)).toMatch(/^v1\.\[redacted:[a-p]{16}\]$/);
  });

  it('done twice it changes nothing more', () => {
    for (const { body, carrier } of plantedSecrets(400, 31)) {
      const once = redactor.value(body);
      expect(redactor.value(once), carrier).toEqual(once);
    }
  });

  it('any JSON value keeps its shape, and any text is taken', { timeout: 20_000 }, () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.string({ unit: 'binary' }), (value, text) => {
        const kept = redactor.value(value);
        expect(Array.isArray(kept)).toBe(Array.isArray(value));
        expect(redactor.text(redactor.text(text))).toBe(redactor.text(text));
        expect(redactor.text(JSON.stringify(value))).toBe(
          JSON.stringify(JSON.parse(redactor.text(JSON.stringify(value)))),
        );
      }),
      { numRuns: 500, seed: 9 },
    );
    const own = JSON.parse('{"__proto__":{"password":"hunter2hunter2"},"constructor":1}') as object;
    const kept = redactor.value(own);
    expect(Object.keys(kept as object)).toEqual(['__proto__', 'constructor']);
    expect(JSON.stringify(kept)).not.toContain('hunter2');
    expect(({} as Record<string, unknown>).password).toBeUndefined();
  });
});

describe('what would be a burden', () => {
  const deep = (depth: number): unknown => {
    let value: unknown = { password: 'hunter2hunter2' };
    for (let i = 0; i < depth; i += 1) value = i % 2 === 0 ? [value] : { a: value };
    return value;
  };
  it('nesting is looked through to its limit, and cut there', () => {
    expect(JSON.stringify(redactor.value(deep(deepestValue - 2)))).toMatch(marker);
    const cut = JSON.stringify(redactor.value(deep(5000)));
    expect(cut).toContain(tooDeep);
    expect(cut).not.toContain('hunter2');
    const text = `${'['.repeat(100_000)}{"password":"hunter2hunter2"}`;
    expect(redactor.text(text)).not.toContain('hunter2');
  });

  // What grows with the square of the length would not end here.
  it.each([
    ['letters', 'a'.repeat(2_000_000)],
    ['equals signs', '='.repeat(300_000)],
    ['names without values', 'password='.repeat(100_000)],
    ['digits', '4'.repeat(1_000_000)],
    ['digits with spaces', '4 '.repeat(300_000)],
    ['quotes', '"'.repeat(300_000)],
    ['backslashes', `{"a":"${'\\'.repeat(300_001)}`],
    ['opening tags', '<a '.repeat(200_000)],
    ['addresses', 'a://b:c'.repeat(100_000)],
    ['beginnings of keys', '-----BEGIN PRIVATE KEY-----'.repeat(20_000)],
    ['beginnings of tokens', 'eyJaaaaaa.'.repeat(100_000)],
    ['dashes', `--x\r\nContent-Disposition: form-data\r\n${'--x'.repeat(200_000)}`],
    ['percent signs', '%41'.repeat(200_000)],
    ['ampersands', `a=${'&'.repeat(300_000)}`],
    ['semicolons', 'a=b;'.repeat(200_000)],
    ['escaped quotes', '\\"password\\":'.repeat(60_000)],
    ['backslashes after a sign', `=${'\\'.repeat(200_000)}`],
    ['beginnings of tokens without dots', 'eyJaaaaa-'.repeat(200_000)],
    ['beginnings of tokens with one dot', `${'eyJaaaaa-'.repeat(200_000)}.x`],
  ])('%s by the million', { timeout: 20_000 }, (_what, text) => {
    expect(typeof redactor.text(text)).toBe('string');
  });
});

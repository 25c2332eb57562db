import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clearEntry, createPress } from '#client/batch.ts';
import type { CapturedEntry } from '#client/captured-entry.ts';
import { eventIdOf } from '#client/event-ids.ts';
import { type Exchange, tellExchange } from '#client/exchange.ts';
import { type Batch, createBatchPacker, readBatch } from '#client/packed-batch.ts';
import type { PassedBody } from '#client/told-body.ts';
import { createRedactor } from '#shared/redaction/redactor.ts';
import { defaultSecretKeys } from '#shared/redaction/secret-keys.ts';

const redactorFor = (keys: readonly string[]) =>
  createRedactor({ keys, digest: (secret) => createHmac('sha256', 'key').update(secret).digest() });

/** Well formed, as everything is that has been bytes. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }).map((said) => said.toWellFormed()),
  fc.constantFrom(
    '',
    'token=abcdefghijklmnop1234',
    '4111111111111111',
    '{"password":"hunter2"}',
    'a=1&pin=9',
    '\ufffd',
  ),
);
const body: fc.Arbitrary<PassedBody | null> = fc.option(
  fc.record({
    type: fc.constantFrom(
      '',
      'application/json; charset=utf-8',
      'text/plain',
      'image/png',
      'text/event-stream',
      'password',
    ),
    encoding: fc.constantFrom('', '', '', 'gzip'),
    kept: fc.oneof(
      text,
      fc.json(),
      fc.uint8Array(),
      fc.json().map((said) => new Uint8Array(Buffer.from(said))),
    ),
    more: fc.constantFrom(0, 0, 0, 17),
  }),
);
const actor: fc.Arbitrary<CapturedEntry['actor']> = fc.option(
  fc.oneof(text, fc.record({ id: fc.option(text), login: text, name: fc.option(text) })),
);
/** Many within a second or two, as they come. */
const began = fc.oneof(
  fc.integer({ min: 0, max: 4e12 }),
  fc.integer({ min: 1_763_900_000_000, max: 1_763_900_002_500 }),
);
const durationMs = fc.oneof(fc.double({ min: 0, max: 1e7, noNaN: true }), fc.double({ min: 0, max: 20, noNaN: true }));
const exchange: fc.Arbitrary<Exchange> = fc.record({
  began,
  durationMs,
  method: fc.constantFrom('GET', 'POST', 'M-SEARCH'),
  url: fc.oneof(text, fc.constantFrom('/', '/a?', '/a?token=abcdefghijklmnop1234&b=2')),
  status: fc.constantFrom(200, 404, 99, 799, 4111111111111111),
  aborted: fc.boolean(),
  actor,
  module: fc.option(fc.oneof(text, fc.record({ number: fc.nat(), name: text }))),
  address: fc.option(text),
  correlationId: fc.option(text),
  asked: body,
  answered: body,
});
/** Some that come again and again, each time at a moment of its own. */
const repeated: fc.Arbitrary<readonly Exchange[]> = fc
  .tuple(
    fc.array(exchange, { minLength: 1, maxLength: 3 }),
    fc.array(fc.tuple(fc.nat(), exchange), { minLength: 1, maxLength: 20 }),
  )
  .map(([forms, moments]) =>
    moments.map(([which, { began, durationMs, correlationId }]) => ({
      ...(forms[which % forms.length] as Exchange),
      ...{ began, durationMs, correlationId },
    })),
  );
/** An entry as JSON, or an exchange. */
type Item = string | Exchange;
const item: fc.Arbitrary<Item> = fc.oneof(exchange, fc.json());

const packed = (items: readonly Item[]) => {
  const packer = createBatchPacker();
  for (const one of items) {
    if (typeof one === 'string') packer.addEntry(one);
    else packer.addExchange(one);
  }
  return packer.take();
};
const unpacked = (batch: Batch): readonly Item[] => {
  const found: Item[] = [];
  const take = (one: Item, place: number): void => {
    expect(place).toBe(found.length);
    found.push(one);
  };
  readBatch(batch, { entry: take, exchange: (form, passed, place) => take({ ...form, ...passed }, place) });
  return found;
};

test('a batch gives back what was packed', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 100 }), repeated, (some, again) => {
      const items = [...some, ...again];
      const found = unpacked(structuredClone(packed(items)));
      expect(found.length).toBe(items.length);
      const plain = (one: Item | undefined): unknown =>
        JSON.parse(
          JSON.stringify(one, (_name, value: unknown) => (value instanceof Uint8Array ? [...value, 'bytes'] : value)),
        );
      // Bytes of a Node buffer have a way to JSON of their own.
      const bytes = (one: Item | undefined): Item | undefined =>
        one === undefined || typeof one === 'string'
          ? one
          : {
              ...one,
              asked: one.asked && { ...one.asked, kept: plainBytes(one.asked.kept) },
              answered: one.answered && { ...one.answered, kept: plainBytes(one.answered.kept) },
            };
      for (const [place, one] of items.entries()) expect(plain(bytes(found[place]))).toEqual(plain(bytes(one)));
    }),
    { numRuns: 60 },
  );
});

test('what can’t be packed leaves nothing behind', () => {
  const whole: Exchange = {
    ...{ began: 1, durationMs: 2, method: 'GET', url: '/ñ', status: 200, aborted: false, actor: null, module: null },
    ...{ address: '::1', correlationId: null, asked: null },
    answered: { type: 'text/plain', encoding: '', kept: 'x'.repeat(300), more: 0 },
  };
  const packer = createBatchPacker();
  packer.addExchange(whole);
  const size = packer.size;
  // What a program without types may hand over.
  for (const broken of [{ address: 7 }, { correlationId: {} }, { answered: { type: 'a', encoding: 1, kept: '' } }]) {
    expect(() => packer.addExchange({ ...whole, ...broken } as unknown as Exchange)).toThrow();
    expect(packer.size).toBe(size);
  }
  packer.addEntry('{"a":1}');
  packer.addExchange(whole);
  expect(unpacked(packer.take())).toEqual([whole, '{"a":1}', whole]);
});

test('exchanges share a form when nothing but their moment differs, and are told apart when anything else does', () => {
  const asked = { type: 'application/json', encoding: '', kept: '{"a":1}', more: 0 };
  const answered = { ...asked, kept: new Uint8Array(Buffer.from(`{"text":"${'x'.repeat(100)}"}`)) };
  const base: Exchange = {
    ...{ began: 1, durationMs: 2, method: 'GET', url: '/a?b=1', status: 200, aborted: false, actor: 'ana' },
    ...{ module: { name: 'Compras' }, address: '::1', correlationId: 'ñ', asked, answered },
  };
  const changed = (kept: string): Uint8Array => new Uint8Array(Buffer.from(kept));
  const others: readonly Partial<Exchange>[] = [
    ...[{ method: 'PUT' }, { url: '/a?b=2' }, { status: 201 }, { aborted: true }, { actor: null }, { actor: 'eva' }],
    ...[{ module: null }, { module: { name: 'compras' } }, { address: null }, { asked: null }, { answered: null }],
    ...[{ asked: { ...asked, type: 'text/plain' } }, { asked: { ...asked, encoding: 'gzip' } }],
    ...[{ asked: { ...asked, kept: '{"a":2}' } }, { asked: { ...asked, kept: changed('{"a":1}') } }],
    ...[{ asked: { ...asked, more: 1 } }, { answered: { ...answered, kept: answered.kept.with(40, 0) } }],
    ...[{ answered: { ...answered, kept: changed('{}') } }, { asked: { ...asked, kept: changed('{}') } }],
  ];
  const again = { ...base, ...{ began: 7, durationMs: 0.5, correlationId: null } };
  const same = structuredClone(again);
  const shared = packed([base, again, same]);
  expect(shared.forms.length).toBe(packed([base]).forms.length);
  expect(packed([base, same]).bytes.length).toBe(packed([base]).bytes.length);
  for (const other of others) {
    const items = [base, { ...base, ...other }, base, { ...base, ...other }];
    const found = unpacked(packed(items)).map((one) => JSON.parse(JSON.stringify(one, asPlain)) as unknown);
    expect(found, JSON.stringify(other)).toEqual(items.map((one) => JSON.parse(JSON.stringify(one, asPlain))));
  }
  // A thousand lines of a long one would be far more than its batch.
  const long = { ...base, answered: { ...answered, kept: 'x'.repeat(1000) } };
  expect(packed([long, long]).forms.length).toBe(2 * packed([long]).forms.length);
});

test('an exchange that can’t be told is counted, and the others of its form are told', () => {
  const base: Exchange = {
    ...{ began: 1_763_900_000_000, durationMs: 0, method: 'GET', url: '/', status: 200, aborted: false, actor: null },
    ...{ module: null, address: '::1', correlationId: null, asked: null, answered: null },
  };
  const times = [1, Number.NaN, 2, 1e15, 3, 1001].map((more) => base.began + more);
  const { press } = createPress(redactorFor(defaultSecretKeys), null);
  const { lines, broken } = press(packed(times.map((began) => ({ ...base, began }))));
  expect(broken).toBe(2);
  const told = String(lines.bytes).trimEnd().split('\n');
  expect(told.map((line) => (JSON.parse(line) as CapturedEntry).occurredAt)).toEqual(
    [1, 2, 3, 1001].map((more) => new Date(base.began + more).toISOString()),
  );
  expect(lines.ends.length).toBe(4);
});

/** Bytes with their sort, for what JSON makes of them. */
const asPlain = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer'
    ? { bytes: (value as { data?: unknown }).data }
    : value instanceof Uint8Array
      ? { bytes: [...value] }
      : value;

const plainBytes = (kept: string | Uint8Array): string | Uint8Array =>
  typeof kept === 'string' ? kept : new Uint8Array(kept);

test.each([
  ['the usual names of secrets', defaultSecretKeys],
  // Names of the entry itself: then there is no short way.
  ['more of them', [...defaultSecretKeys, 'address', 'query']],
])('an exchange’s line says what its entry says, cleared: %s', (_name, keys) => {
  fc.assert(
    fc.property(fc.array(exchange, { maxLength: 10 }), repeated, fc.option(text), (some, again, source) => {
      const exchanges = [...some, ...again];
      const redactor = redactorFor(keys);
      const batch = packed(exchanges);
      // Twice: what is remembered is the same.
      const { press, giveBack } = createPress(redactor, source);
      const first = structuredClone(press(batch));
      const second = press(batch);
      expect(structuredClone(second)).toEqual(first);
      giveBack(second.lines);
      expect(structuredClone(press(batch))).toEqual(first);
      expect(structuredClone(press(batch))).toEqual(first);
      const lines = Buffer.from(first.lines.bytes).toString().split('\n');
      expect(lines.length).toBe(exchanges.length + 1);
      expect(first.broken).toBe(0);
      for (const [place, one] of exchanges.entries()) {
        const eventId = eventIdOf(batch.seed, place);
        const whole = clearEntry(tellExchange(one, eventId), redactor);
        const expected = JSON.parse(JSON.stringify({ ...whole, eventId, source: source ?? undefined })) as unknown;
        expect(JSON.parse(lines[place] ?? '')).toEqual(expected);
        expect(first.lines.ends[place]).toBe(Buffer.byteLength(lines.slice(0, place + 1).join('\n')) + 1);
      }
    }),
    { numRuns: 50 },
  );
});

import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSpoolDigest } from '#client/spool-key.ts';
import { createRedactor } from '#shared/redaction/redactor.ts';
import { defaultSecretKeys } from '#shared/redaction/secret-keys.ts';
import { exactNumbers } from '#shared/text/exact-numbers.ts';
import { temporaryFolder } from '../../engine/engine/engine-kit.ts';
import { redactionCases } from '../../unit/redaction/redaction-cases.ts';
import { clientFolder, python, runProgram } from './django-kit.ts';

const key = Uint8Array.from({ length: 32 }, (_none, byte) => byte);
const ours = createRedactor({
  keys: defaultSecretKeys,
  digest: (secret) => createHmac('sha256', key).update(secret).digest(),
});

const theirs = (bodies: readonly string[]): readonly unknown[] =>
  runProgram(['redact.py', clientFolder], `${bodies.join('\n')}\n`)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

/** As they go into the ledger: numbers as they were written. */
const redacted = (body: string): string => JSON.stringify(ours.value(exactNumbers(body, JSON.parse(body) as unknown)));

const inPython = (program: string, ...words: string[]): unknown =>
  JSON.parse(
    runProgram([
      '-c',
      `import sys, json; sys.path.insert(0, sys.argv[1]); import bitacora_client as b\n${program}`,
      clientFolder,
      ...words,
    ]),
  );

describe.skipIf(python === undefined)('the Django client’s redaction', () => {
  test('is Bitácora’s own, marker for marker, in thousands of bodies', () => {
    const bodies = redactionCases(3000, 44).map((body) => JSON.stringify(body));
    const expected = bodies.map(redacted);
    expect(expected.filter((body) => body.includes('[redacted:')).length).toBeGreaterThan(2000);
    const found = theirs(bodies);
    expect(found).toHaveLength(bodies.length);
    const different = bodies
      .map((body, place) => ({ body, ours: JSON.parse(expected[place] ?? '') as unknown, theirs: found[place] }))
      .filter((pair) => JSON.stringify(pair.ours) !== JSON.stringify(pair.theirs))
      // The order of names that look like numbers is JavaScript’s own.
      .filter((pair) => {
        try {
          expect(pair.theirs).toEqual(pair.ours);
          return false;
        } catch {
          return true;
        }
      });
    expect(different.slice(0, 3)).toEqual([]);
  });

  test('goes as deep, and no deeper', () => {
    const nested = (depth: number): string =>
      `${'[{"a":'.repeat(depth)}{"password":"hunter2hunter2"}${'}]'.repeat(depth)}`;
    const bodies = [
      nested(190),
      nested(199),
      nested(200),
      nested(300),
      JSON.stringify(nested(198)),
      JSON.stringify(nested(500)),
      JSON.stringify({
        a: JSON.stringify({
          b: JSON.stringify({ c: JSON.stringify({ d: `x=${encodeURIComponent('{"pin":"hunter2hunter2"}')}` }) }),
        }),
      }),
    ];
    expect(theirs(bodies)).toEqual(bodies.map((body) => JSON.parse(redacted(body)) as unknown));
    expect(JSON.stringify(theirs(bodies))).not.toContain('hunter2');
  });

  test('numbers under a secret’s name have the marker of how JavaScript writes them', () => {
    const numbers = '[0,-0,1.50,-2.5e-7,1e-6,1e21,123456789.125,1e5,12345678901234567890,4111111111111111,5e-324,0.1]';
    const body = `{"pin":${numbers}}`;
    expect(theirs([body])).toEqual([JSON.parse(redacted(body)) as unknown]);
  });

  test('has the same list of names, and another when it is told one', () => {
    expect(inPython('print(json.dumps(sorted(b.SECRET_KEYS)))')).toEqual([...defaultSecretKeys].sort());
    const told = ['matrícula', 'lote'];
    const own = createRedactor({ keys: told, digest: (secret) => createHmac('sha256', key).update(secret).digest() });
    const body = {
      password: 'abierta',
      Matricula: 'ABC-123',
      numero_lote: 'L-77',
      pelotero: 'sí',
      x: 'matricula=ABC-123',
    };
    expect(
      inPython(
        'print(json.dumps(b.Redactor(json.loads(sys.argv[2]), bytes(range(32))).value(json.loads(sys.argv[3]))))',
        JSON.stringify(told),
        JSON.stringify(body),
      ),
    ).toEqual(own.value(body));
  });

  test('with the key of a shared spool, or a file that it is told, has the same digests; half a key is made anew', () => {
    const [spool, other] = [temporaryFolder(), temporaryFolder()];
    const node = createRedactor({ keys: defaultSecretKeys, digest: openSpoolDigest(spool) });
    const markIn = (folder: string, more = ''): unknown =>
      inPython(
        `c = b.Client('http://127.0.0.1:9', 't', sys.argv[2]${more})\nprint(json.dumps(c.redactor.mark('hunter2')))`,
        folder,
      );
    const expected = node.secret('hunter2');
    expect(markIn(spool)).toBe(expected);
    expect(markIn(other)).not.toBe(expected);
    expect(markIn(other, `, key_file=${JSON.stringify(path.join(spool, 'redaction.key'))}`)).toBe(expected);
    const made = markIn(other);
    writeFileSync(path.join(other, 'redaction.key'), 'half');
    const anew = markIn(other);
    expect([anew === made, markIn(other)]).toEqual([false, anew]);
    expect(createRedactor({ keys: defaultSecretKeys, digest: openSpoolDigest(other) }).secret('hunter2')).toBe(anew);
  });

  test('is not held up by texts that would take another one forever', () => {
    const long = 20 * 1024;
    const texts = [
      '=',
      'a: ',
      '4 ',
      '"',
      '<a ',
      'a://b:c',
      'eyJaaaaa-',
      'eyJaaaaaa.',
      '%41',
      'a=b;',
      '\\"pin\\":',
      '{"a":',
      '-----BEGIN PRIVATE KEY-----',
    ].flatMap((unit) => [unit.repeat(long / unit.length), `{"a":"${unit.repeat(long / unit.length)}`]);
    const bodies = [...texts, `=${'\\'.repeat(long)}`, `{"a":"${'\\'.repeat(long)}`].map((text) =>
      JSON.stringify(text),
    );
    expect(theirs(bodies)).toEqual(bodies.map((body) => JSON.parse(redacted(body)) as unknown));
  });
});

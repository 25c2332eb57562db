import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffByField } from '#renderer/detail/json-diff.ts';
import { type JsonNode, jsonTreeOf, nodeSource, readJsonTree } from '#renderer/detail/json-tree.ts';

const tree = (text: string): JsonNode => {
  const node = readJsonTree(text);
  if (node === null) throw new Error(`no JSON: ${text}`);
  return node;
};
const changes = (before: string, after: string): string[] =>
  diffByField(tree(before), tree(after)).map(
    ({ path, kind, before: old, after: fresh }) =>
      `${kind} ${path} ${old === null ? '' : nodeSource(old)}→${fresh === null ? '' : nodeSource(fresh)}`,
  );

describe('JSON as a tree', () => {
  it('reads what JSON.parse reads, and nothing else', () => {
    const structures = fc.jsonValue().filter((value) => typeof value === 'object' && value !== null);
    fc.assert(
      fc.property(structures, (value) => {
        const text = JSON.stringify(value);
        expect(nodeSource(tree(text))).toBe(text);
        expect(JSON.parse(nodeSource(tree(JSON.stringify(value, null, 2))))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('agrees with JSON.parse about broken texts', () => {
    const pieces = fc.array(
      fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', '01', '-', '1.', '1e5', 'null', ' ', '"\\x"'),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = `[${parts.join('')}]`;
        let parsed: unknown = null;
        try {
          parsed = JSON.parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
        expect(readJsonTree(text) === null).toBe(parsed === null);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps every digit of a number and every repeated key', () => {
    expect(nodeSource(tree('{"n": 12345678901234567890, "n": 1.50}'))).toBe('{"n":12345678901234567890,"n":1.50}');
  });

  it('leaves plain words, numbers and very deep values as text', () => {
    for (const text of ['true', '42', '"word"', 'not json', '{', '', `${'['.repeat(5000)}${']'.repeat(5000)}`]) {
      expect(readJsonTree(text)).toBeNull();
    }
  });

  it('takes values that were parsed already', () => {
    expect(jsonTreeOf({ a: [1] })).toEqual(tree('{"a":[1]}'));
    expect(jsonTreeOf(undefined)).toBeNull();
  });
});

describe('two JSON values by field', () => {
  it('says where something was added, removed or changed, as the trail names it', () => {
    expect(
      changes(
        '{"terms":[{"party":"A"},{"party":"B","x":1}],"id":5}',
        '{"id":5,"terms":[{"party":"A"},{"party":"C"},{}]}',
      ),
    ).toEqual(['changed terms.1.party "B"→"C"', 'removed terms.1.x 1→', 'added terms.2 →{}']);
  });

  it('sees a change of kind as one change', () => {
    expect(changes('{"a":[1]}', '{"a":{"0":1}}')).toEqual(['changed a [1]→{"0":1}']);
    expect(changes('[1]', '{}')).toEqual(['changed  [1]→{}']);
  });

  it('sees digits that numbers would lose, and repeated keys', () => {
    expect(changes('{"n":12345678901234567890}', '{"n":12345678901234567891}')).toHaveLength(1);
    expect(changes('{"a":1,"a":2}', '{"a":1,"a":3}')).toEqual(['changed a#2 2→3']);
  });

  it('finds nothing between values that differ in the order of keys alone, and something otherwise', () => {
    const record = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(record, record, (a, b) => {
        const reversed = Object.fromEntries(Object.entries(a).reverse());
        expect(changes(JSON.stringify(a), JSON.stringify(reversed))).toEqual([]);
        const same = diffByField(tree(JSON.stringify(a)), tree(JSON.stringify(b))).length === 0;
        expect(same).toBe(changes(JSON.stringify(b), JSON.stringify(a)).length === 0);
      }),
    );
  });
});

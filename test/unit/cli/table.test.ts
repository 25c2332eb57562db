import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asCell, safeJson } from '#main/cli/safe-text.ts';
import { alignTable } from '#main/cli/table.ts';

describe('a table', () => {
  it('is aligned, also where characters take two columns', () => {
    expect(
      alignTable(
        ['ID', 'Valor'],
        [
          ['1', '日本'],
          ['22', 'año'],
        ],
        80,
      ),
    ).toBe('ID  Valor\n1   日本\n22  año\n');
    expect(
      alignTable(
        ['A', 'B'],
        [
          ['日本', 'x'],
          ['abcd', 'y'],
        ],
        80,
      ),
    ).toBe('A     B\n日本  x\nabcd  y\n');
  });

  it('gives the width to who needs it, and marks what it cut', () => {
    const table = alignTable(['ID', 'Text'], [['1', 'x'.repeat(100)]], 20);
    expect(table).toBe(`ID  Text\n1   ${'x'.repeat(15)}…\n`);
    expect(alignTable(['A', 'B'], [['a'.repeat(30), 'b'.repeat(50)]], 22)).toBe(
      `A${' '.repeat(11)}B\n${'a'.repeat(9)}…  ${'b'.repeat(9)}…\n`,
    );
  });

  it('never has a line that is wider than the screen', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string({ maxLength: 60 }), { minLength: 5, maxLength: 5 }), { maxLength: 8 }),
        fc.integer({ min: 5, max: 120 }),
        (rows, width) => {
          const table = alignTable(['one', 'two', 'three', 'four', 'five'], rows, width);
          expect(table.endsWith('\n')).toBe(true);
          const lines = table.slice(0, -1).split('\n');
          expect(lines).toHaveLength(rows.length + 1);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

describe('text of somebody else', () => {
  const steering = /\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
  it('can’t steer a terminal, and JSON of it is read as the same value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(asCell(text)).not.toMatch(steering);
        expect(safeJson({ text })).not.toMatch(steering);
        expect(JSON.parse(safeJson({ text }))).toEqual({ text });
      }),
    );
    expect(asCell('a\u001b[2Jb\u202ec\nd')).toBe('a\\u001b[2Jb\\u202ec↵d');
    expect(JSON.parse(safeJson('\u009b\u202e'))).toBe('\u009b\u202e');
  });
});

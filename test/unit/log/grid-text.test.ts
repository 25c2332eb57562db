import { describe, expect, it } from 'vitest';
import { completeLayout, defaultLayout, isColumnLayouts, readLayout } from '#renderer/grid/column-layout.ts';
import { cellFilter, columnIds } from '#renderer/grid/columns.ts';
import { rowTexts } from '#renderer/grid/row-text.ts';
import { toTsv } from '#renderer/grid/tsv.ts';
import type { EntryRow } from '#shared/contract/entry.ts';

const row: EntryRow = {
  id: 7,
  occurredAt: '2021-02-12T00:04:27.000Z',
  event: 'UPDATE',
  module: { number: 3, name: 'Committees' },
  actor: { id: '2', login: 'maria.yanez2', name: 'María Yáñez', email: null },
  recordId: 'SSAS',
  target: 'Committees',
  field: 'url',
  oldValue: null,
  newValue: { text: 'x', before: true, after: true },
  detail: null,
  action: { text: 'POST /api/', before: false, after: false },
  status: 404,
  source: null,
};

describe('rows as spreadsheet text', () => {
  it('quotes what would break a cell', () => {
    expect(
      toTsv(
        ['a', 'b'],
        [
          ['x\ty', 'say "hi"\nthere'],
          ['plain', ''],
        ],
      ),
    ).toBe('a\tb\r\n"x\ty"\t"say ""hi""\nthere"\r\nplain\t');
  });

  it('keeps formulas from running, and numbers numbers', () => {
    expect(toTsv([], [['=1+1', '@SUM(A1)', '-2', '+3.5', '+52 555']])).toBe("\r\n'=1+1\t'@SUM(A1)\t-2\t+3.5\t'+52 555");
  });

  it('writes the date with its offset, both values of a change, and what was left out', () => {
    expect(rowTexts(row, ['id', 'occurredAt', 'actor', 'change', 'status'], 'America/Mexico_City')).toEqual([
      '7',
      '2021-02-11 18:04:27 −06:00',
      'María Yáñez',
      '',
      '…x…',
      '404',
    ]);
  });
});

describe('filtering by a cell', () => {
  it('uses the login of a person and the name of a module', () => {
    expect(cellFilter(row, 'actor')).toEqual({ key: 'user', value: 'maria.yanez2' });
    expect(cellFilter(row, 'module')).toEqual({ key: 'module', value: 'Committees' });
    expect(cellFilter(row, 'status')).toEqual({ key: 'status', value: '404' });
  });

  it('does not filter by a piece of a value, nor by nothing', () => {
    expect(cellFilter({ ...row, action: { text: 'POST /api/', before: false, after: true } }, 'action')).toBeNull();
    expect(cellFilter(row, 'source')).toBeNull();
    expect(cellFilter(row, 'change')).toBeNull();
  });
});

describe('a remembered layout', () => {
  it('gets the columns that it does not know at its end', () => {
    const old = [{ id: 'field', width: 99, shown: true }] as const;
    const whole = completeLayout(old);
    expect(whole[0]).toEqual(old[0]);
    expect(whole.map((column) => column.id).toSorted()).toEqual([...columnIds].toSorted());
  });

  it('is refused when it shows nothing or names what there is not', () => {
    expect(isColumnLayouts(defaultLayout)).toBe(true);
    expect(isColumnLayouts([])).toBe(false);
    expect(isColumnLayouts([{ id: 'field', width: 99, shown: false }])).toBe(false);
    expect(isColumnLayouts([{ id: 'password', width: 99, shown: true }])).toBe(false);
  });

  it('is read from what the grid reports', () => {
    expect(
      readLayout([{ colId: 'field', width: 80, hide: true }, { colId: 'ag-other' }, { colId: 'id', width: null }]),
    ).toEqual([
      { id: 'field', width: 80, shown: false },
      { id: 'id', width: 86, shown: true },
    ]);
  });
});

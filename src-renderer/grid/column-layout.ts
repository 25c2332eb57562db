import { type ColumnId, columnIds, columnOf, columns } from '#renderer/grid/columns.ts';

/** Where a column is, how wide (pixels) and whether it is shown; the order is the list’s. */
export interface ColumnLayout {
  readonly id: ColumnId;
  readonly width: number;
  readonly shown: boolean;
}

export const defaultLayout: readonly ColumnLayout[] = columns.map(({ id, width, shown }) => ({ id, width, shown }));

const isLayout = (value: unknown): value is ColumnLayout => {
  if (typeof value !== 'object' || value === null) return false;
  const { id, width, shown } = value as Record<string, unknown>;
  return (columnIds as readonly unknown[]).includes(id) && typeof width === 'number' && typeof shown === 'boolean';
};

export const isColumnLayouts = (value: unknown): value is readonly ColumnLayout[] =>
  Array.isArray(value) && value.every(isLayout) && value.some((column) => column.shown);

/** A remembered layout, with the columns that an older program did not know at the end. */
export const completeLayout = (layout: readonly ColumnLayout[]): readonly ColumnLayout[] => [
  ...layout,
  ...defaultLayout.filter(({ id }) => !layout.some((column) => column.id === id)),
];

/** The layout that the grid reports. */
export const readLayout = (
  state: readonly {
    readonly colId: string;
    readonly width?: number | null | undefined;
    readonly hide?: boolean | null | undefined;
  }[],
): readonly ColumnLayout[] =>
  state.flatMap(({ colId, width, hide }) => {
    const column = columnOf(colId);
    return column === undefined ? [] : [{ id: column.id, width: width ?? column.width, shown: hide !== true }];
  });

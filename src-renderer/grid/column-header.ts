import type { IHeaderComp, IHeaderParams } from 'ag-grid-community';
import { columnOf } from '#renderer/grid/columns.ts';
import type { LooksSource } from '#renderer/grid/grid-looks.ts';
import type { EntryRow } from '#shared/contract/entry.ts';
import classes from './grid.module.css';

/**
 * A column’s title; a click sorts by it, a second one the other way round. The grid gives the header cell its role, its
 * focus and its keys; this only adds the mouse.
 */
export class ColumnHeader implements IHeaderComp {
  readonly #gui = document.createElement('div');
  readonly #title = document.createElement('span');
  readonly #arrow = document.createElement('span');
  #forget = (): void => undefined;

  constructor() {
    this.#gui.className = classes.header ?? '';
    this.#arrow.ariaHidden = 'true';
    this.#gui.append(this.#title);
  }

  init({ column, displayName, eGridHeader, context }: IHeaderParams<EntryRow, LooksSource>): void {
    const sortColumn = columnOf(column.getColId())?.sort;
    const draw = (): void => {
      const { sort } = context.looks();
      const direction = sort.column !== sortColumn ? 'none' : sort.descending ? 'descending' : 'ascending';
      eGridHeader.setAttribute('aria-sort', direction);
      if (direction === 'none') this.#arrow.remove();
      else {
        this.#arrow.textContent = direction === 'descending' ? '↓' : '↑';
        this.#gui.append(this.#arrow);
      }
    };
    this.#title.textContent = displayName;
    this.#gui.addEventListener('click', () => {
      if (sortColumn !== undefined) context.looks().onSort(sortColumn);
    });
    draw();
    this.#forget = context.onChange(draw);
  }

  refresh({ displayName }: IHeaderParams<EntryRow, LooksSource>): boolean {
    this.#title.textContent = displayName;
    return true;
  }

  getGui(): HTMLElement {
    return this.#gui;
  }

  destroy(): void {
    this.#forget();
  }
}

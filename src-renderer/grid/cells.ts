import type { ICellRendererComp, ICellRendererParams } from 'ag-grid-community';
import { actorLabel, type ColumnId, moduleLabel } from '#renderer/grid/columns.ts';
import type { LocalisedLooks, LooksSource } from '#renderer/grid/grid-looks.ts';
import { signNodes } from '#renderer/grid/sign-node.ts';
import { valueNode } from '#renderer/grid/value-node.ts';
import { formatInstant } from '#renderer/i18n/zoned-time.ts';
import { eventClass } from '#renderer/log/event-name.tsx';
import { sharedStart, startBeforeHit } from '#renderer/log/shorten-change.ts';
import { arrowShape, flagShape, nullShape } from '#renderer/log/sign-shapes.ts';
import { visibleText } from '#renderer/log/visible-text.ts';
import type { EntryRow, Excerpt } from '#shared/contract/entry.ts';
import classes from './grid.module.css';

/** Fills a cell, which is empty and has neither class nor title. */
type Draw = (cell: HTMLElement, row: EntryRow, looks: LocalisedLooks) => void;

type CellParams = ICellRendererParams<EntryRow, unknown, LooksSource>;

/** A cell of a row that is here, or the place of one that is on its way. */
const cellOf = (draw: Draw) =>
  class implements ICellRendererComp<EntryRow> {
    readonly #gui = document.createElement('span');
    #row: EntryRow | undefined;
    #source: LooksSource | null = null;
    #forget = (): void => undefined;

    init({ data, context, node }: CellParams): void {
      this.#row = data ?? (node.rowIndex === null ? undefined : context.rowAt(node.rowIndex));
      this.#source = context;
      this.#forget = context.onChange(() => this.#draw());
      this.#draw();
    }

    refresh({ data }: CellParams): boolean {
      if (data !== undefined && data === this.#row) return true;
      this.#row = data;
      this.#draw();
      return true;
    }

    getGui(): HTMLElement {
      return this.#gui;
    }

    destroy(): void {
      this.#forget();
    }

    #draw(): void {
      const cell = this.#gui;
      cell.textContent = '';
      cell.className = '';
      cell.removeAttribute('title');
      if (this.#row === undefined) cell.className = classes.skeleton ?? '';
      else if (this.#source !== null) draw(cell, this.#row, this.#source.looks());
    }
  };

const span = (className: string | undefined, ...content: readonly (Node | string)[]): HTMLElement => {
  const element = document.createElement('span');
  element.className = className ?? '';
  element.append(...content);
  return element;
};

/** A text longer than this may not fit, and is told whole by its title. */
const surelyFits = 12;

const drawText = (cell: HTMLElement, text: string | null, { highlight }: LocalisedLooks): void => {
  if (text === null) return;
  if (text.length > surelyFits) cell.title = visibleText(text);
  cell.append(valueNode(text, highlight(text)));
};

const drawId: Draw = (cell, row, { i18n, marks }) => {
  if (marks.has(row.id)) cell.append(span(classes.marked, ...signNodes(flagShape, i18n.t('log.grid.marked'))));
  cell.append(i18n.number(row.id));
};

const drawDate: Draw = (cell, row, { zone }) => cell.append(formatInstant(row.occurredAt, zone));

const drawEvent: Draw = (cell, { event }) => {
  if (event !== null) cell.append(span(eventClass(event), visibleText(event)));
};

const drawActor: Draw = (cell, { actor }, looks) => {
  if (actor === null) return;
  drawText(cell, actorLabel(actor), looks);
  const known = [actor.login, actor.email].filter((part) => typeof part === 'string');
  if (known.length > 0) cell.title = known.map(visibleText).join(' · ');
};

const pieceNodes = ({ text, before, after }: Excerpt, skip: number, looks: LocalisedLooks): (Node | string)[] => {
  const rest = skip > 0 ? text.slice(skip) : text;
  const nodes: (Node | string)[] = [valueNode(rest, looks.highlight(rest))];
  if (before || skip > 0) nodes.unshift('…');
  if (after) nodes.push('…');
  return nodes;
};

const drawPiece = (cell: HTMLElement, excerpt: Excerpt | null, looks: LocalisedLooks): void => {
  if (excerpt !== null) cell.append(...pieceNodes(excerpt, 0, looks));
};

const sideNodes = (value: Excerpt | null, skip: number, looks: LocalisedLooks): readonly (Node | string)[] => {
  const { t } = looks.i18n;
  if (value === null) return signNodes(nullShape, t('log.value.null'));
  if (value.text === '') return [span(classes.empty, t('log.value.empty'))];
  return pieceNodes(value, skip, looks);
};

const drawChange: Draw = (cell, { oldValue, newValue }, looks) => {
  if (oldValue === null && newValue === null) return;
  const before = oldValue?.text ?? '';
  const after = newValue?.text ?? '';
  const oldHit = looks.highlight(before)[0]?.[0] ?? null;
  const newHit = looks.highlight(after)[0]?.[0] ?? null;
  const shared = sharedStart(before, after, Math.min(oldHit ?? before.length, newHit ?? after.length));
  cell.className = classes.change ?? '';
  cell.dataset.to = newValue === null ? 'nothing' : 'value';
  cell.append(
    span(classes.old, ...sideNodes(oldValue, Math.max(shared, startBeforeHit(before, oldHit)), looks)),
    span(classes.arrow, ...signNodes(arrowShape)),
    span(classes.new, ...sideNodes(newValue, Math.max(shared, startBeforeHit(after, newHit)), looks)),
  );
};

const drawStatus: Draw = (cell, { status }) => {
  if (status !== null) cell.append(String(status));
};

/** How each column shows its part of a row. */
export const cellRenderers: Readonly<Record<ColumnId, new () => ICellRendererComp<EntryRow>>> = {
  id: cellOf(drawId),
  occurredAt: cellOf(drawDate),
  event: cellOf(drawEvent),
  actor: cellOf(drawActor),
  recordId: cellOf((cell, row, looks) => drawText(cell, row.recordId, looks)),
  field: cellOf((cell, row, looks) => drawText(cell, row.field, looks)),
  change: cellOf(drawChange),
  module: cellOf((cell, row, looks) => drawText(cell, moduleLabel(row.module), looks)),
  target: cellOf((cell, row, looks) => drawText(cell, row.target, looks)),
  detail: cellOf((cell, row, looks) => drawPiece(cell, row.detail, looks)),
  action: cellOf((cell, row, looks) => drawPiece(cell, row.action, looks)),
  status: cellOf(drawStatus),
  source: cellOf((cell, row, looks) => drawText(cell, row.source, looks)),
};

import { firstAt, thumbOf } from '#renderer/grid/bar-thumb.ts';
import type { Sight } from '#renderer/grid/row-window.ts';
import type { I18n } from '#renderer/i18n/use-i18n.tsx';
import classes from './grid.module.css';

/** What the bar shows. */
export interface BarState {
  readonly sight: Sight;
  readonly total: number;
}

interface NewBar {
  readonly i18n: () => I18n;
  /** The person wants this row first in sight; it may be a part of a row. */
  readonly onScroll: (first: number) => void;
  /** The wheel was turned over the bar: pixels. */
  readonly onWheel: (pixels: number) => void;
}

/**
 * The scroll bar of a view that is longer than the grid’s window: it stands for the whole view, and covers the grid’s own,
 * which knows the window alone. The keyboard has the rows themselves.
 */
export interface ViewBar {
  /** Null hides it. `top` and `height` are pixels within the grid. */
  show(state: BarState | null, place: { readonly top: number; readonly height: number }): void;
  remove(): void;
}

export const createViewBar = (parent: HTMLElement, { i18n, onScroll, onWheel }: NewBar): ViewBar => {
  const bar = document.createElement('div');
  const thumb = document.createElement('div');
  const tip = document.createElement('div');
  bar.className = classes.bar ?? '';
  thumb.className = classes.thumb ?? '';
  tip.className = classes.barTip ?? '';
  tip.hidden = true;
  bar.hidden = true;
  bar.append(thumb, tip);
  bar.setAttribute('role', 'scrollbar');
  bar.setAttribute('aria-orientation', 'vertical');
  bar.setAttribute('aria-controls', parent.id);
  bar.setAttribute('aria-valuemin', '1');
  parent.append(bar);

  let state: BarState = { sight: { first: 0, count: 0 }, total: 0 };
  /** How far below the thumb’s top it is held; null while it is not. */
  let held: number | null = null;
  let frame = 0;

  const draw = (): void => {
    const { sight, total } = state;
    const { top, length } = thumbOf(bar.clientHeight, sight, total);
    thumb.style.height = `${length}px`;
    thumb.style.transform = `translateY(${top}px)`;
    const { t, number } = i18n();
    const row = Math.min(total, Math.floor(sight.first) + 1);
    const place = t('log.grid.place', { row: number(row), total: number(total) });
    bar.setAttribute('aria-label', t('log.grid.bar'));
    bar.setAttribute('aria-valuemax', String(total));
    bar.setAttribute('aria-valuenow', String(row));
    bar.setAttribute('aria-valuetext', place);
    tip.textContent = place;
    tip.style.top = `${top + length / 2}px`;
  };

  const pull = (clientY: number): void => {
    const top = clientY - bar.getBoundingClientRect().top - (held ?? 0);
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => onScroll(firstAt(bar.clientHeight, top, state.sight.count, state.total)));
  };

  bar.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    // The rows keep the focus.
    event.preventDefault();
    bar.setPointerCapture(event.pointerId);
    const y = event.clientY - bar.getBoundingClientRect().top;
    const { top, length } = thumbOf(bar.clientHeight, state.sight, state.total);
    held = y >= top && y <= top + length ? y - top : length / 2;
    tip.hidden = false;
    bar.dataset.held = 'true';
    pull(event.clientY);
  });
  bar.addEventListener('mousedown', (event) => event.preventDefault());
  bar.addEventListener('pointermove', (event) => {
    if (held !== null) pull(event.clientY);
  });
  const release = (): void => {
    held = null;
    tip.hidden = true;
    delete bar.dataset.held;
  };
  bar.addEventListener('pointerup', release);
  bar.addEventListener('pointercancel', release);
  bar.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      onWheel(event.deltaY);
    },
    { passive: false },
  );

  return {
    show: (next, { top, height }) => {
      bar.hidden = next === null;
      if (next === null) return;
      state = next;
      bar.style.top = `${top}px`;
      bar.style.height = `${height}px`;
      draw();
    },
    remove: () => {
      cancelAnimationFrame(frame);
      bar.remove();
    },
  };
};

import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import classes from './log-screen.module.css';

/** A border that is dragged, or moved with the arrow keys, to size what is beside it. */
export const Splitter = ({
  label,
  width,
  least,
  most,
  side,
  onWidth,
}: {
  label: string;
  /** Pixels. */
  width: number;
  least: number;
  most: number;
  /** Where the thing that is sized lies. */
  side: 'left' | 'right';
  onWidth: (width: number) => void;
}): ReactNode => {
  const from = useRef<{ readonly x: number; readonly width: number } | null>(null);
  const sign = side === 'left' ? 1 : -1;
  const size = (next: number): void => onWidth(Math.round(Math.min(most, Math.max(least, next))));
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, width };
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 16 : event.key === 'ArrowLeft' ? -16 : 0;
    if (step === 0) return;
    event.preventDefault();
    size(width + step * sign);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is no <hr>
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      className={classes.splitter}
      data-side={side}
      onPointerDown={onPointerDown}
      onPointerMove={(event) => {
        if (from.current !== null) size(from.current.width + (event.clientX - from.current.x) * sign);
      }}
      onPointerUp={() => {
        from.current = null;
      }}
      onPointerCancel={() => {
        from.current = null;
      }}
      onKeyDown={onKeyDown}
    />
  );
};

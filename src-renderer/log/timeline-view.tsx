import { type KeyboardEvent, memo, type PointerEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { formatInstant } from '#renderer/i18n/zoned-time.ts';
import { barAt, barPeriod, type Period, spanOf, ticksOf } from '#renderer/log/period.ts';
import type { Timeline } from '#shared/contract/view.ts';
import classes from './timeline-view.module.css';

interface TimelineViewProps {
  readonly timeline: Timeline | null;
  /** The period that the view is narrowed to; null for none. */
  readonly period: Period | null;
  readonly zone: string;
  readonly onPeriod: (period: Period | null) => void;
}

type Edge = 'start' | 'end';
interface Drag {
  /** The end that stays where it is. */
  readonly anchor: number;
  readonly at: number;
  /** False until the pointer has gone far enough to mean it. */
  readonly moved: boolean;
}

/** Pixels before a press counts as a drag. */
const slack = 4;
const height = 58;
const barWidth = 6.25;

const ordered = (a: number, b: number): Period => ({ start: Math.min(a, b), end: Math.max(a, b) });

/** Drawn by the root of the count: one burst of a hundred thousand would flatten every other bar. */
const barHeight = (count: number, most: number): number =>
  count === 0 ? 0 : Math.max(2, Math.sqrt(count / most) * (height - 4));

const Bars = memo(({ timeline, shown }: { timeline: Timeline; shown: Period | null }): ReactNode => {
  const most = Math.max(1, ...timeline.counts);
  return (
    <svg
      className={classes.bars}
      viewBox={`0 0 ${timeline.counts.length * barWidth} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      data-exact={timeline.exact}
    >
      {timeline.counts.map((count, bar) => {
        const { start, end } = barPeriod(timeline, bar);
        const inside = shown === null || (end > shown.start && start < shown.end);
        const tall = barHeight(count, most);
        return (
          <rect
            key={start}
            x={bar * barWidth}
            y={height - tall}
            width={barWidth * 0.77}
            height={tall}
            className={shown !== null && inside ? classes.inside : classes.bar}
          />
        );
      })}
    </svg>
  );
});

/** Entries over time; dragging chooses a period. */
export const TimelineView = memo(({ timeline, period, zone, onPeriod }: TimelineViewProps): ReactNode => {
  const { t, language, number } = useI18n();
  const area = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [hover, setHover] = useState<number | null>(null);
  const span = useMemo(() => (timeline === null ? null : spanOf(timeline)), [timeline]);
  const ticks = useMemo(() => (span === null ? [] : ticksOf(span, 9, zone, language)), [span, zone, language]);

  if (timeline === null || span === null) return <div className={classes.timeline} />;

  const length = span.end - span.start;
  const shown = drag?.moved === true ? ordered(drag.anchor, drag.at) : period;
  const share = (time: number): string =>
    `${(Math.min(1, Math.max(0, (time - span.start) / length)) * 100).toFixed(3)}%`;
  const timeAt = (x: number): number => {
    const box = area.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return span.start;
    return span.start + Math.min(1, Math.max(0, (x - box.left) / box.width)) * length;
  };
  /** The edge of the bar under the pointer that is on the far side of where the drag began. */
  const snap = (time: number, from: number): number => {
    const bar = barPeriod(timeline, barAt(timeline, time));
    return time >= from ? bar.end : bar.start;
  };
  const choose = ({ start, end }: Period): void => {
    if (start <= span.start && end >= span.end) onPeriod(null);
    else if (end > start) onPeriod({ start, end });
  };

  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    const edge = event.target instanceof HTMLElement ? event.target.dataset.edge : undefined;
    area.current?.setPointerCapture(event.pointerId);
    if (period !== null && (edge === 'start' || edge === 'end')) {
      const anchor = edge === 'start' ? period.end : period.start;
      setDrag({ anchor, at: period[edge], moved: true });
      return;
    }
    const time = timeAt(event.clientX);
    setDrag({ anchor: time, at: time, moved: false });
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const time = timeAt(event.clientX);
    setHover(time);
    if (drag === null) return;
    const box = area.current?.getBoundingClientRect();
    const far = box !== undefined && Math.abs(((time - drag.anchor) / length) * box.width) >= slack;
    if (!drag.moved && !far) return;
    const anchor = drag.moved ? drag.anchor : snap(drag.anchor, time);
    setDrag({ anchor, at: snap(time, anchor), moved: true });
  };
  const onPointerUp = (): void => {
    if (drag?.moved === true) choose(ordered(drag.anchor, drag.at));
    setDrag(null);
  };

  const moveEdge = (edge: Edge, event: KeyboardEvent<HTMLElement>): void => {
    const current = period ?? span;
    const bars = timeline.starts.length;
    const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 };
    const step = event.key === 'Home' ? -bars : event.key === 'End' ? bars : steps[event.key];
    if (event.key === 'Escape' && period !== null) {
      event.preventDefault();
      onPeriod(null);
    }
    if (step === undefined) return;
    event.preventDefault();
    // The end of a period is the start of the bar after it.
    const at = edge === 'start' ? barAt(timeline, current.start) : barAt(timeline, current.end - 1) + 1;
    const bar = Math.min(bars, Math.max(0, at + step));
    const time = bar >= bars ? span.end : barPeriod(timeline, bar).start;
    const next = edge === 'start' ? { ...current, start: time } : { ...current, end: time };
    if (next.end > next.start) choose(next);
  };

  const dates = (one: Period): string => {
    const digits = one.end - one.start >= 2 * 86_400_000 ? 10 : 16;
    const write = (time: number): string => formatInstant(new Date(time).toISOString(), zone).slice(0, digits);
    const [from, to] = [write(one.start), write(one.end - 1)];
    return from === to ? from : `${from} – ${to}`;
  };

  const handle = (edge: Edge): ReactNode => {
    const current = shown ?? span;
    return (
      <div
        role="slider"
        tabIndex={0}
        data-edge={edge}
        className={shown === null ? `${classes.handle} ${classes.resting}` : classes.handle}
        style={{ left: share(current[edge]) }}
        aria-label={t(edge === 'start' ? 'log.timeline.start' : 'log.timeline.end')}
        aria-valuemin={0}
        aria-valuemax={timeline.starts.length}
        aria-valuenow={barAt(timeline, current[edge])}
        aria-valuetext={formatInstant(new Date(edge === 'end' ? current.end - 1 : current.start).toISOString(), zone)}
        onKeyDown={(event) => moveEdge(edge, event)}
      />
    );
  };

  const hovered = hover === null ? null : barAt(timeline, hover);
  return (
    <section className={classes.timeline} aria-label={t('log.timeline.label')}>
      {/* The two handles do by keyboard what dragging does. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
      <div
        ref={area}
        className={classes.area}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setDrag(null)}
        onPointerLeave={() => setHover(null)}
        onDoubleClick={() => onPeriod(null)}
      >
        <Bars timeline={timeline} shown={shown} />
        {shown !== null && (
          <div
            className={classes.chosen}
            style={{ left: share(shown.start), width: `calc(${share(shown.end)} - ${share(shown.start)})` }}
          />
        )}
        {handle('start')}
        {handle('end')}
        {hovered !== null && (
          <div
            className={classes.tip}
            style={{ left: share(hover ?? 0) }}
            data-right={((hover ?? 0) - span.start) / length > 0.7}
          >
            {drag?.moved === true && shown !== null
              ? dates(shown)
              : `${dates(barPeriod(timeline, hovered))} · ${t(timeline.exact ? 'log.timeline.entries' : 'log.timeline.about', { count: timeline.counts[hovered] ?? 0 })}`}
          </div>
        )}
      </div>
      <div
        className={classes.axis}
        aria-hidden="true"
        title={t('log.timeline.scale', { most: number(Math.max(0, ...timeline.counts)) })}
      >
        {ticks.map(({ time, label }) => (
          <span key={time} style={{ left: share(time) }} data-last={(time - span.start) / length > 0.94}>
            {label}
          </span>
        ))}
      </div>
    </section>
  );
});

import { useEffect, useState } from 'react';
import { usePreference } from '#renderer/settings/preferences.tsx';

/** Milliseconds of rest before a width is remembered: dragging goes through hundreds of them. */
const rest = 500;

const isWidth = (value: unknown): value is number => typeof value === 'number' && value >= 100 && value <= 2000;

/** A width in pixels that is remembered. */
export const useWidth = (key: string, fallback: number): readonly [number, (width: number) => void] => {
  const [kept, keep] = usePreference(key, fallback, isWidth);
  const [width, setWidth] = useState(kept);
  useEffect(() => {
    if (width === kept) return;
    const timer = setTimeout(() => keep(width), rest);
    return () => clearTimeout(timer);
  }, [width, kept, keep]);
  return [width, setWidth];
};

import { useCallback, useLayoutEffect, useRef } from 'react';

/**
 * A callback that stays the same function while what it does follows the latest render, so that what it is handed to
 * isn’t drawn again for it. Not to be called while rendering.
 */
export const useSteady = <A extends readonly unknown[], R>(callback: (...args: A) => R): ((...args: A) => R) => {
  const latest = useRef(callback);
  useLayoutEffect(() => {
    latest.current = callback;
  });
  return useCallback((...args: A) => latest.current(...args), []);
};

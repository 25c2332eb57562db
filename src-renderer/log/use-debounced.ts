import { useEffect, useState } from 'react';

/** `value` once it has stayed the same for `rest` milliseconds; an emptied text counts at once. */
export const useDebounced = (value: string, rest: number): string => {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    if (value === settled) return;
    const timer = setTimeout(() => setSettled(value), value === '' ? 0 : rest);
    return () => clearTimeout(timer);
  }, [value, settled, rest]);
  return settled;
};

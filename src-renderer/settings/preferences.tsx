import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';

type Values = Readonly<Record<string, unknown>>;

interface Preferences {
  readonly values: Values;
  readonly write: (key: string, value: unknown) => void;
}

const PreferencesContext = createContext<Preferences | null>(null);

/**
 * What the signed-in person's windows remember. Children show when it has been read, so that a screen never jumps from
 * a default to what was remembered. `onFail` hears what could not be read or written.
 */
export const PreferencesProvider = ({
  children,
  waiting,
  onFail,
}: {
  children: ReactNode;
  waiting: ReactNode;
  onFail: (error: unknown) => void;
}): ReactNode => {
  const engine = useEngine();
  const [values, setValues] = useState<Values | null>(null);

  useEffect(() => {
    const abort = new AbortController();
    engine.call('preferences.read', {}, { signal: abort.signal }).then(
      ({ values: read }) => {
        if (!abort.signal.aborted) setValues(read);
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        onFail(error);
        setValues({});
      },
    );
    return () => abort.abort();
  }, [engine, onFail]);

  const write = useCallback(
    (key: string, value: unknown) => {
      setValues((known) => ({ ...known, [key]: value }));
      engine.call('preferences.write', { key, value }).catch(onFail);
    },
    [engine, onFail],
  );

  const preferences = useMemo(() => (values === null ? null : { values, write }), [values, write]);
  return preferences === null ? waiting : <PreferencesContext value={preferences}>{children}</PreferencesContext>;
};

/** All that is stored, as it is; screens take `usePreference`. */
export const useStoredPreferences = (): Preferences => {
  const preferences = useContext(PreferencesContext);
  if (preferences === null) throw new Error('usePreference outside PreferencesProvider');
  return preferences;
};

/**
 * One remembered thing. `accepts` checks what was stored by an older or newer program; what it refuses counts as never
 * stored. Keys begin with the room's name: `log.columns`. Setting null forgets it.
 */
export const usePreference = <T,>(
  key: string,
  fallback: T,
  accepts: (value: unknown) => value is T,
): readonly [T, (value: T | null) => void] => {
  const { values, write } = useStoredPreferences();
  const stored = values[key];
  const set = useCallback((value: T | null) => write(key, value), [key, write]);
  return [accepts(stored) ? stored : fallback, set];
};

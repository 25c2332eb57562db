import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import type { Engine } from '#renderer/engine/connect-engine.ts';
import type { LinkState } from '#renderer/engine/connection.ts';
import type { EarlyEngine } from '#renderer/engine/early-answers.ts';
import type { SessionState, SessionStore } from '#renderer/engine/session-store.ts';

const EngineContext = createContext<Engine | null>(null);

export const EngineProvider = ({ value, children }: { value: Engine; children: ReactNode }): ReactNode => (
  <EngineContext value={value}>{children}</EngineContext>
);

const useEngineContext = (): Engine => {
  const value = useContext(EngineContext);
  if (value === null) throw new Error('useEngine outside EngineProvider');
  return value;
};

/** Calls by procedure name. They outlive an engine restart; pass a signal to end them when the screen moves on. */
export const useEngine = (): EarlyEngine => useEngineContext().engine;
export const useSessions = (): SessionStore => useEngineContext().sessions;

export const useSessionState = (): SessionState => {
  const { sessions } = useEngineContext();
  return useSyncExternalStore(sessions.subscribe, sessions.state);
};

/** Whether the engine answers right now. */
export const useLink = (): LinkState => {
  const { engine } = useEngineContext();
  return useSyncExternalStore(engine.onLink, engine.link);
};

import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import type { LinkState } from '#renderer/engine/connection.ts';
import { createWindowEngine, type WindowEngine } from '#renderer/engine/engine-client.ts';
import { createHostConnection } from '#renderer/engine/host-connection.ts';
import { createHttpConnection } from '#renderer/engine/http-connection.ts';
import { withLastingGrants } from '#renderer/engine/lasting-grants.ts';
import { createSessionStore, type SessionState, type SessionStore } from '#renderer/engine/session-store.ts';

export interface Engine {
  readonly engine: WindowEngine;
  readonly sessions: SessionStore;
}

/** The engine of this window: through the Electron shell when there is one, else over HTTP. */
export const connectEngine = (): Engine => {
  const sessions = createSessionStore(window.sessionStorage);
  const connection = window.bitacora ? createHostConnection(window.bitacora) : createHttpConnection();
  return { engine: withLastingGrants(createWindowEngine(connection, sessions)), sessions };
};

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
export const useEngine = (): WindowEngine => useEngineContext().engine;
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

import { type AskEarly, type EarlyEngine, withEarlyAnswers } from '#renderer/engine/early-answers.ts';
import { createWindowEngine } from '#renderer/engine/engine-client.ts';
import { createHostConnection } from '#renderer/engine/host-connection.ts';
import { createHttpConnection } from '#renderer/engine/http-connection.ts';
import { withLastingGrants } from '#renderer/engine/lasting-grants.ts';
import { createSessionStore, type SessionStore } from '#renderer/engine/session-store.ts';

export interface Engine {
  readonly engine: EarlyEngine;
  readonly sessions: SessionStore;
}

/** The engine of this window: through the Electron shell when there is one, else over HTTP. */
export const connectEngine = (): Engine & { readonly askEarly: AskEarly } => {
  const sessions = createSessionStore(window.sessionStorage);
  const connection = window.bitacora ? createHostConnection(window.bitacora) : createHttpConnection();
  return { ...withEarlyAnswers(withLastingGrants(createWindowEngine(connection, sessions))), sessions };
};

import { createRoot } from 'react-dom/client';
import { App } from '#renderer/app/app.tsx';
import type { Engine } from '#renderer/engine/connect-engine.ts';
import { shareStyleNonce } from '#renderer/ui/style-nonce.ts';

/** Shows the window. */
export const showApp = (engine: Engine): void => {
  shareStyleNonce();
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no #root');
  createRoot(root).render(<App engine={engine} />);
};

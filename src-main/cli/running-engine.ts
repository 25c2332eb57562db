import path from 'node:path';
import { typedClient, withEngine } from '#main/cli/engine-here.ts';
import type { EngineConfig } from '#main/engine/config.ts';
import { knockAtDoors } from '#main/engine/process/door.ts';
import { createRpcClient } from '#shared/rpc/client.ts';
import type { EngineClient } from '#shared/rpc/typed-client.ts';

/**
 * As `withEngine`; where a window or a `serve` has the ledger open, its engine is the one that is asked: there is one
 * writer, and what it does is an entry of the ledger like everything else.
 */
export const withRunningEngine = async <T>(
  config: EngineConfig,
  missing: 'must exist' | 'may be missing',
  work: (engine: EngineClient) => Promise<T>,
): Promise<T> => {
  for await (const port of knockAtDoors(config.dataFolder)) {
    const client = createRpcClient(port);
    try {
      const engine = typedClient(client);
      const { ledger } = await engine.call('app.status', {});
      // A window that has gone over to the demo has let go of the ledger that is meant.
      const isMeant = path.dirname(ledger.path) === path.resolve(config.dataFolder);
      const isThere = ledger.state === 'open' || (ledger.state === 'missing' && missing === 'may be missing');
      if (isMeant && isThere) return await work(engine);
    } finally {
      client.close();
    }
  }
  return withEngine(config, missing, work);
};

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { EngineConfig } from '#main/engine/config.ts';
import { createEngine } from '#main/engine/create-engine.ts';
import { runEngine } from '#main/engine/process/run-engine.ts';
import { openProgramLog } from '#main/engine/program-log.ts';

/** Entry of the engine's own process: `engine-main --data DIR --version V [--demo]`, started by `engineArguments()`. */
const { values } = parseArgs({
  options: { data: { type: 'string' }, version: { type: 'string' }, demo: { type: 'boolean', default: false } },
});
const { data, version, demo } = values;
if (data === undefined || version === undefined) throw new Error('the engine process needs --data and --version');

const config: EngineConfig = { dataFolder: data, version, demo, access: 'write', forWindow: true, onDuty: true };

// Both from sources (src-main/electron/) and from the build (dist/main/) this file is two folders below the root.
const rendererFolder = fileURLToPath(new URL('../../dist/renderer', import.meta.url));

const create = () =>
  createEngine(config, {
    kind: 'own',
    open: async (dispatch, port) => {
      // Loaded only for who captures: a window that opens to read has no time for it.
      const { createHttpHost } = await import('#main/http/create-http-host.ts');
      const programLog = openProgramLog(config);
      const host = await createHttpHost({
        dispatch,
        rendererFolder,
        uploadFolder: join(data, 'uploads'),
        downloadFolder: join(data, 'downloads'),
        port,
        host: '127.0.0.1',
        version,
        log: programLog.log,
      });
      return {
        url: host.url,
        port: host.port,
        close: async () => {
          await host.close();
          programLog.close();
        },
      };
    },
  });
await runEngine(create, demo ? null : data);

import { parseArgs } from 'node:util';
import { createEngine } from '#main/engine/create-engine.ts';
import { runEngine } from '#main/engine/process/run-engine.ts';

/** Entry of the engine's own process: `engine-main --data DIR --version V [--demo]`, started by `engineArguments()`. */
const { values } = parseArgs({
  options: { data: { type: 'string' }, version: { type: 'string' }, demo: { type: 'boolean', default: false } },
});
const { data, version, demo } = values;
if (data === undefined || version === undefined) throw new Error('the engine process needs --data and --version');

const create = () => createEngine({ dataFolder: data, version, demo, access: 'write', forWindow: true, onDuty: true });
await runEngine(create, demo ? null : data);

/** An engine with its HTTP host in a process of its own, to be killed: `node capture-child.ts FOLDER`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createEngine } from '#main/engine/create-engine.ts';
import { createLog } from '#main/engine/log.ts';
import { connect } from '../engine/host-caller.ts';
import { openHost } from '../http/open-host.ts';

const [, , folder = ''] = process.argv;
const data = path.join(folder, 'data');
const tokenFile = path.join(folder, 'token.txt');

const engine = await createEngine({ dataFolder: data, demo: false, version: '9.8.7', access: 'write' });
if (!existsSync(tokenFile)) {
  const { token } = await connect(engine, 'host').call('token.create', { name: 'killed', scope: 'capture' });
  writeFileSync(tokenFile, token);
}
const host = await openHost(engine.dispatch, folder, { log: createLog((line) => process.stderr.write(line)) });
process.stdout.write(
  `${JSON.stringify({ url: host.url, token: readFileSync(tokenFile, 'utf8'), pid: process.pid })}\n`,
);

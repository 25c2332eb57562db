/**
 * An engine on duty in a process of its own, to be killed: `node duty-child.ts DATA [store]`. With `store` it captures
 * entries of its own without end. Says `ready` when it runs.
 */
import { createEngine } from '#main/engine/create-engine.ts';
import { connect } from '../engine/host-caller.ts';

const [, , data = '', what = ''] = process.argv;
const engine = await createEngine({ dataFolder: data, demo: false, version: '9.8.7', access: 'write', onDuty: true });
process.stdout.write('ready\n');
// Its parent may be gone in other ways than by killing it.
process.stdin.on('end', () => process.exit(0)).resume();
const host = connect(engine, 'host');
while (what === 'store') {
  const entries = Array.from({ length: 1 + Math.floor(Math.random() * 30) }, (_, place) => ({
    event: place % 3 === 0 ? 'UPDATE' : 'CREATE',
    target: place % 2 === 0 ? 'Payments' : 'Well',
    detail: 'ñandú '.repeat(place),
  }));
  await host.call('capture.store', { entries });
}

import { expect, test } from 'vitest';
import { createGate } from '#main/http/gate.ts';

const never = new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('who does not fit waits in line, in order, and nobody slips past', async () => {
  const gate = createGate(10);
  const inside: string[] = [];
  const leave = await gate.enter(7, never);
  const large = gate.enter(8, never).then((out) => {
    inside.push('large');
    return out;
  });
  const small = gate.enter(1, never).then((out) => {
    inside.push('small');
    return out;
  });
  await turn();
  expect(inside).toEqual([]);
  leave();
  leave();
  await turn();
  expect(inside).toEqual(['large', 'small']);
  (await large)();
  (await small)();
  (await gate.enter(10, never))();
});

test('who leaves the line makes room for those behind', async () => {
  const gate = createGate(10);
  const leave = await gate.enter(9, never);
  const impatient = new AbortController();
  const gone = gate.enter(5, impatient.signal);
  const behind = gate.enter(1, never);
  impatient.abort();
  await expect(gone).rejects.toMatchObject({ code: 'cancelled' });
  (await behind)();
  leave();
  await expect(gate.enter(1, impatient.signal)).rejects.toMatchObject({ code: 'cancelled' });
  (await gate.enter(10, never))();
});

test('the line has an end', async () => {
  const gate = createGate(1);
  await gate.enter(1, never);
  for (let i = 0; i < 1000; i += 1) void gate.enter(1, never);
  await expect(gate.enter(1, never)).rejects.toMatchObject({ code: 'not_accepting' });
});

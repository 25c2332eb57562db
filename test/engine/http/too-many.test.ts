import { expect, test } from 'vitest';
import { change, openCaptureSite, send } from '../capture/capture-kit.ts';
import { password } from '../engine/engine-kit.ts';

test('whoever tries too many passwords is told when to come back, and is let in then; programs go on sending', async () => {
  const site = await openCaptureSite();
  const signIn = async (given: string) => {
    const answer = await fetch(`${site.url}/rpc/session.signIn`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login: 'ana', password: given }),
    });
    const frame = JSON.parse(await answer.text()) as { readonly error?: { readonly details: { seconds?: number } } };
    return {
      status: answer.status,
      retryAfter: answer.headers.get('retry-after'),
      seconds: frame.error?.details.seconds,
    };
  };
  for (let failure = 0; failure < 5; failure += 1) {
    expect(await signIn('otra frase')).toEqual({ status: 401, retryAfter: null, seconds: undefined });
  }
  const refused = await signIn(password);
  expect(refused).toEqual({ status: 429, retryAfter: '1', seconds: 1 });
  expect((await send(site, change())).status).toBe(201);

  await new Promise((resolve) => setTimeout(resolve, 1000 * Number(refused.retryAfter)));
  expect((await signIn(password)).status).toBe(200);
});

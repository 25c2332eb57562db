import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../engine/engine-kit.ts';
import { freePort, makeLedger, startBuiltEngine } from './built-engine.ts';

/** How often the engine is killed: a few times here, 60 in .ci/run, 1,000 with its --long. */
const kills = Number(process.env.BITACORA_KILLS ?? '4');
const senders = 8;
const batchOf = 40;

interface Sent {
  readonly eventIds: readonly string[];
  /** The ids that were acknowledged; null until then. */
  ids: readonly number[] | null;
}

/** Resolves with the ids, or null when the engine was gone before it answered. */
const sendOnce = async (url: string, token: string, { eventIds }: Sent): Promise<readonly number[] | null> => {
  const entries = eventIds.map((eventId) => ({
    eventId,
    event: 'CREATE',
    actor: `user${eventId[0]}`,
    detail: eventId,
  }));
  try {
    const answer = await fetch(`${url}/api/entries`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(entries.length === 1 ? entries[0] : entries),
    });
    if (answer.status !== 201) throw new Error(`answered ${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as { ids: number[] }).ids;
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return null;
    throw error;
  }
};

test(`killed ${kills} times while it captures: acknowledged is stored, none twice, no gap`, {
  timeout: 60_000 + kills * 20_000,
}, async () => {
  const data = path.join(temporaryFolder(), 'data');
  const token = await makeLedger(data);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const all: Sent[] = [];
  let unanswered: Sent[] = [];
  let unfinished = 0;
  for (let run = 0; run < kills; run += 1) {
    const child = await startBuiltEngine(data, port);
    let alive = true;
    let answers = 0;
    const again = unanswered;
    unanswered = [];
    const sender = async (): Promise<void> => {
      while (alive) {
        // What was not answered the last time is sent again, as a client with a queue does.
        let sent = again.pop();
        if (sent === undefined) {
          const count = Math.random() < 0.5 ? 1 : batchOf;
          sent = { eventIds: Array.from({ length: count }, () => randomUUID()), ids: null };
          all.push(sent);
        }
        sent.ids = await sendOnce(url, token, sent);
        if (sent.ids === null) {
          unanswered.push(sent);
          return;
        }
        answers += 1;
      }
    };
    const senders_ = Array.from({ length: senders }, sender);
    // At any moment of the work, however fast the machine: after so many answers, and a little.
    const enough = Math.floor(Math.random() * 40);
    while (answers < enough && unanswered.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
    child.kill('SIGKILL');
    await once(child, 'exit');
    alive = false;
    await Promise.all(senders_);
    unanswered.push(...again);
    unfinished += unanswered.length;
  }
  expect(all.filter(({ ids }) => ids !== null).length).toBeGreaterThan(kills);
  expect(unfinished).toBeGreaterThan(0);

  const db = new Database(path.join(data, 'ledger.db'), { fileMustExist: true });
  const rows = db.prepare('SELECT id, lower(hex(event_id)), detail FROM entry ORDER BY id').raw().all() as [
    number,
    string,
    string,
  ][];
  expect(rows.map(([id]) => id)).toEqual(rows.map((_row, place) => place + 1));
  const byEvent = new Map(rows.map(([id, event]) => [event, id]));
  expect(byEvent.size).toBe(rows.length);
  for (const { eventIds, ids } of all) {
    const found = eventIds.map((eventId) => byEvent.get(eventId.replaceAll('-', '')) ?? null);
    if (ids !== null) expect(found).toEqual(ids);
    // A request is stored whole or not at all, answered or not.
    else expect(new Set(found.map((id) => id === null)).size).toBe(1);
  }
  const sent = new Set(all.flatMap(({ eventIds }) => eventIds));
  for (const [, , detail] of rows) expect(sent.has(detail)).toBe(true);
  expect(db.prepare('SELECT sum(entries) FROM rollup_day').pluck().get()).toBe(rows.length);
  expect(db.prepare('SELECT count(*) FROM captured').pluck().get()).toBe(rows.length);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
  const answered = all.flatMap(({ ids }) => ids ?? []).length;
  process.stderr.write(
    `${kills} kills: ${all.length} requests, ${unfinished} broken off; ${answered} entries acknowledged, ${rows.length} stored\n`,
  );
});

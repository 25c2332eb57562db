import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateTrail } from '#main/demo/generate-trail.ts';
import type { NewEntry } from '#main/store/new-entry.ts';

const trail = (rows: number, seed = 1): NewEntry[] => [...generateTrail({ rows, seed })];
const written = (entries: readonly NewEntry[]): string =>
  JSON.stringify(entries.map((entry) => ({ ...entry, eventId: Buffer.from(entry.eventId).toString('hex') })));
const cityHour = (entry: NewEntry): number => new Date(entry.occurredAt / 1000 - 6 * 3_600_000).getUTCHours();
const cityDay = (entry: NewEntry): number => new Date(entry.occurredAt / 1000 - 6 * 3_600_000).getUTCDay();

describe('the demo trail', () => {
  const entries = trail(20_000);
  const share = (test: (entry: NewEntry) => boolean): number => entries.filter(test).length / entries.length;

  it('is the same every time', () => {
    const digest = createHash('sha256')
      .update(written(trail(1000)))
      .digest('hex');
    expect(digest).toBe('eec30a524d9c2aa0d181811e3f018d89999f2e1fc6530343fb4f9b7a739ea7e8');
  });

  it('is another one for another seed or length, with no identity in common', () => {
    const ids = (list: readonly NewEntry[]) => list.map((entry) => Buffer.from(entry.eventId).toString('hex'));
    const all = [...ids(trail(1000, 1)), ...ids(trail(1000, 2)), ...ids(trail(1001, 1))];
    expect(new Set(all).size).toBe(3001);
  });

  it('has as many entries as asked for, in the order of their times', () => {
    for (const rows of [1, 2, 50, 999]) expect(trail(rows)).toHaveLength(rows);
    for (let index = 1; index < entries.length; index += 1) {
      expect(entries[index]?.occurredAt).toBeGreaterThanOrEqual(entries[index - 1]?.occurredAt ?? 0);
    }
  });

  it('has values that follow from one another', () => {
    const last = new Map<string, string | null>();
    let followed = 0;
    for (const { recordId, field, oldValue, newValue } of entries) {
      if (recordId === null || field === null) continue;
      const key = `${recordId} ${field}`;
      if (last.has(key)) {
        expect(oldValue).toBe(last.get(key));
        followed += 1;
      }
      last.set(key, newValue);
    }
    expect(followed).toBeGreaterThan(5000);
  });

  it('has six modules, the guide’s keys and all sorts of events', () => {
    const modules = new Map(entries.map((entry) => [entry.moduleNumber, entry.moduleName]));
    expect([...modules].filter(([number]) => number !== null).sort()).toEqual([
      [1, 'PTEs'],
      [2, 'Work Orders'],
      [3, 'Production'],
      [4, 'Catalogs'],
      [5, 'Users'],
      [6, 'Permissions'],
    ]);
    expect(new Set(entries.map((entry) => entry.event))).toEqual(
      new Set(['CREATE', 'UPDATE', 'DELETE', 'STATUS_CHANGE', 'REQUEST']),
    );
    for (const key of [/^PTE-2026-\d{3,}$/, /^OT-2026-\d{3,}$/, /^Pozo \d+$/]) {
      expect(entries.some((entry) => key.test(entry.recordId ?? ''))).toBe(true);
    }
    expect(entries.some((entry) => entry.oldValue === '1 (PENDIENTE)' && entry.newValue === '2 (EN PROCESO)')).toBe(
      true,
    );
    expect(new Set(entries.map((entry) => entry.status).filter((status) => status !== null))).toEqual(
      new Set([200, 403, 500]),
    );
    expect(entries.some((entry) => entry.event === 'CREATE' && (entry.newValue?.length ?? 0) > 150)).toBe(true);
  });

  it('is done by some sixty people, a few of whom do most of it', () => {
    const counts = new Map<string | null, number>();
    for (const { actorLogin } of entries) counts.set(actorLogin, (counts.get(actorLogin) ?? 0) + 1);
    expect(counts.size).toBe(60);
    const busiest = [...counts.values()].sort((a, b) => b - a).slice(0, 6);
    expect(busiest.reduce((sum, count) => sum + count, 0) / entries.length).toBeGreaterThan(0.5);
  });

  it('keeps working hours with a lunch, and has suspicious nights', () => {
    expect(share((entry) => cityHour(entry) >= 7 && cityHour(entry) < 19)).toBeGreaterThan(0.9);
    expect(share((entry) => cityDay(entry) === 0 || cityDay(entry) === 6)).toBeLessThan(0.05);
    const at = (hour: number) => share((entry) => cityHour(entry) === hour);
    expect(at(14)).toBeLessThan(at(12) / 2);
    expect(at(14)).toBeLessThan(at(16) / 2);
    const night = entries.filter((entry) => cityHour(entry) >= 2 && cityHour(entry) < 5 && entry.moduleNumber === 6);
    expect(night.length).toBeGreaterThan(0);
    expect(night.some((entry) => entry.actorLogin === 'luis.cardenas')).toBe(true);
  });

  it('has no update that changes nothing', () => {
    const updates = entries.filter(({ event }) => event === 'UPDATE' || event === 'STATUS_CHANGE');
    expect(updates.length).toBeGreaterThan(10_000);
    expect(updates.filter(({ oldValue, newValue }) => oldValue === newValue)).toEqual([]);
  });

  it('has long values now and then, and very long ones rarely', () => {
    const lengthOf = ({ oldValue, newValue, detail, request }: NewEntry): number =>
      Math.max(...[oldValue, newValue, detail, request].map((text) => text?.length ?? 0));
    const large = share((entry) => lengthOf(entry) > 1000);
    expect(large).toBeGreaterThan(0.001);
    expect(large).toBeLessThan(0.01);
    const forms = entries.filter(({ field }) => field === 'lista_verificacion');
    for (const { newValue } of forms) expect(JSON.parse(newValue ?? '')).toMatchObject({ folio: expect.any(String) });
    const longest = Math.max(...trail(60_000, 7).map(lengthOf));
    expect(longest).toBeGreaterThan(10_000);
    expect(longest).toBeLessThan(64_000);
  });

  it('changes and deletes many records at once now and then', () => {
    const inARow = (test: (entry: NewEntry) => boolean): number => {
      let most = 0;
      let now = 0;
      let who: string | null = null;
      for (const entry of entries) {
        now = !test(entry) ? 0 : entry.actorLogin === who ? now + 1 : 1;
        who = entry.actorLogin;
        most = Math.max(most, now);
      }
      return most;
    };
    expect(inARow((entry) => entry.event === 'DELETE')).toBeGreaterThanOrEqual(30);
    expect(inARow((entry) => entry.detail?.startsWith('Carga masiva') === true)).toBeGreaterThanOrEqual(40);
  });

  it('has more people, records and nights the longer it is', { timeout: 60_000 }, () => {
    const users = new Set<string | null>();
    const wells = new Set<string | null>();
    const nights = new Set<number>();
    const counts = new Map<string | null, number>();
    for (const entry of generateTrail({ rows: 400_000, seed: 1 })) {
      users.add(entry.actorLogin);
      counts.set(entry.actorLogin, (counts.get(entry.actorLogin) ?? 0) + 1);
      if (entry.target === 'Production') wells.add(entry.recordId);
      const hour = Math.floor(entry.occurredAt / 3_600_000_000 - 6);
      if (entry.target === 'Permission' && hour % 24 >= 2 && hour % 24 < 4) nights.add(Math.floor(hour / 24));
    }
    expect(users.size).toBeGreaterThan(100);
    expect(wells.size).toBe(128);
    expect(nights.size).toBeGreaterThan(20);
    const busiest = [...counts.values()].sort((a, b) => b - a).slice(0, 12);
    expect(busiest.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(200_000);
  });
});

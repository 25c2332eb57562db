import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openLedgerForWriting } from '#main/store/sqlite/open-ledger-file.ts';
import { temporaryFolder } from '../../engine/engine/engine-kit.ts';
import type { DiskEvent } from './disk-trace.ts';
import type { Recorded } from './recorded-capture.ts';

/** What a disk writes whole, bytes. */
const sector = 512;
/** As many events after a checkpoint belong to it: the log begins anew with them. */
const afterCheckpoint = 60;

type FileEvent = Exclude<DiskEvent, { readonly kind: 'said' }>;

/** A number from 0 to 1, the same ones in every run. */
const createRandom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};
type Random = ReturnType<typeof createRandom>;

/** A file's content, which events change. */
class FileImage {
  #bytes: Buffer;
  #length: number;

  constructor(content: Buffer) {
    this.#bytes = Buffer.from(content);
    this.#length = content.length;
  }

  content(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  apply(event: FileEvent): void {
    if (event.kind === 'cut') this.#setLength(event.length);
    if (event.kind !== 'write') return;
    this.#setLength(Math.max(this.#length, event.at + event.bytes.length));
    event.bytes.copy(this.#bytes, event.at);
  }

  #setLength(length: number): void {
    if (length > this.#bytes.length) {
      const longer = Buffer.alloc(2 * length);
      this.content().copy(longer);
      this.#bytes = longer;
    }
    // What lies beyond an end is zeros when a file grows again.
    this.#bytes.fill(0, Math.min(length, this.#length), Math.max(length, this.#length));
    this.#length = length;
  }
}

/** Some sectors of a write. */
const torn = (event: FileEvent, random: Random): readonly FileEvent[] => {
  if (event.kind !== 'write') return random() < 0.5 ? [event] : [];
  const parts: FileEvent[] = [];
  for (let from = 0; from < event.bytes.length; from += sector) {
    if (random() < 0.5) parts.push({ ...event, at: event.at + from, bytes: event.bytes.subarray(from, from + sector) });
  }
  return parts;
};

/**
 * What is there, after a loss, of what was not synced. Disks write in any order, so that any part may be there: nothing;
 * some sectors of each write; some writes, whole; or all that one file was given, and nothing of the other's.
 */
const survivals = {
  nothing: () => [],
  sectors: (pending, random) => pending.flatMap((event) => torn(event, random)),
  writes: (pending, random) => pending.filter(() => random() < 0.5),
  'the ledger, not the log': (pending, _random, isLog) => (isLog ? [] : pending),
  'the log, not the ledger': (pending, _random, isLog) => (isLog ? pending : []),
} satisfies Record<string, (pending: readonly FileEvent[], random: Random, isLog: boolean) => readonly FileEvent[]>;
type Survival = keyof typeof survivals;

/** Which of the events lie in the checkpoints: from a first write to the ledger's own file till the log begins anew. */
const checkpointPlaces = ({ ledger, events }: Recorded, places: readonly number[]): ReadonlySet<number> => {
  const found = new Set<number>();
  for (const [order, place] of places.entries()) {
    const event = events[place];
    if (event?.kind === 'said' || event?.file !== ledger) continue;
    for (const near of places.slice(Math.max(0, order - 2), order + afterCheckpoint)) found.add(near);
  }
  return found;
};

const choose = (places: readonly number[], count: number, random: Random): readonly number[] => {
  const left = [...places];
  const chosen: number[] = [];
  while (chosen.length < count && left.length > 0) {
    const at = Math.floor(random() * left.length);
    const [taken] = left.splice(at, 1);
    if (taken !== undefined) chosen.push(taken);
  }
  return chosen;
};

/** What is wrong with a ledger that is opened after a loss; and how many entries it has. */
const lookInto = (
  file: string,
  acknowledged: ReadonlyMap<number, string>,
): { readonly rows: number; readonly faults: readonly string[] } => {
  let db: ReturnType<typeof openLedgerForWriting> | null = null;
  try {
    db = openLedgerForWriting(file);
    const rows = db.prepare('SELECT id, lower(hex(event_id)) FROM entry ORDER BY id').raw().all() as [number, string][];
    const check = db.pragma('integrity_check', { simple: true });
    const captured = db.prepare('SELECT count(*) FROM captured').pluck().get();
    const faults: string[] = [];
    if (check !== 'ok') faults.push(`integrity_check: ${check}`);
    if (captured !== rows.length) faults.push(`${rows.length} entries, ${captured} captured`);
    // Each under the id that was answered: so none is there twice, and there is no gap.
    const other = rows.find(([id, eventId], place) => id !== place + 1 || acknowledged.get(id) !== eventId);
    if (other) faults.push(`entry ${other[0]} is not what was acknowledged`);
    return { rows: rows.length, faults };
  } catch (error) {
    return { rows: 0, faults: [String(error)] };
  } finally {
    db?.close();
  }
};

export interface Losses {
  /** Ledgers that were opened after a loss. */
  readonly cuts: number;
  /** How many of them lacked something that had been acknowledged. */
  readonly lost: number;
  /** What was wrong with them otherwise. */
  readonly faults: readonly string[];
}

/**
 * Cuts the power at so many places of a recording, half of them in checkpoints where there are any: what was synced is
 * there, of the rest what may be.
 */
export const cutPower = (recorded: Recorded, count: number, seed: number): Losses => {
  const { ledger, before, events, acknowledged } = recorded;
  const random = createRandom(seed);
  const places = events.flatMap((event, place) => (event.kind === 'said' || before.has(event.file) ? [place] : []));
  const inCheckpoints = checkpointPlaces(recorded, places);
  const [inside, outside] = [
    places.filter((place) => inCheckpoints.has(place)),
    places.filter((place) => !inCheckpoints.has(place)),
  ];
  const chosenInside = choose(inside, Math.ceil(count / 2), random);
  const chosen = new Set([...chosenInside, ...choose(outside, count - chosenInside.length, random)]);

  const folder = temporaryFolder();
  const images = new Map([...before].map(([file, content]) => [file, new FileImage(content)]));
  const pending = new Map<string, FileEvent[]>([...before.keys()].map((file) => [file, []]));
  const faults: string[] = [];
  let promised = 0;
  let [cuts, lost] = [0, 0];

  const lose = (place: number, survival: Survival): void => {
    const at = path.join(folder, `${place}`);
    mkdirSync(at);
    for (const [file, image] of images) {
      const after = new FileImage(image.content());
      for (const event of survivals[survival](pending.get(file) ?? [], random, file !== ledger)) after.apply(event);
      const content = after.content();
      if (content.length > 0) writeFileSync(path.join(at, path.basename(file)), content);
    }
    const found = lookInto(path.join(at, path.basename(ledger)), acknowledged);
    rmSync(at, { recursive: true });
    cuts += 1;
    // Ids have no gaps, so the newest that was answered says how many there must be.
    if (found.rows < promised) lost += 1;
    faults.push(...found.faults.map((fault) => `seed ${seed}, event ${place}, ${survival} survives: ${fault}`));
  };

  const others = Object.keys(survivals).filter((name) => name !== 'nothing') as readonly Survival[];
  for (const place of places) {
    const event = events[place];
    if (event === undefined) continue;
    if (event.kind === 'said') {
      for (const [, ids = ''] of event.text.matchAll(/"ids":\[([\d,]+)\]/g)) {
        for (const id of ids.split(',')) promised = Math.max(promised, Number(id));
      }
    } else if (event.kind === 'sync') {
      for (const synced of pending.get(event.file)?.splice(0) ?? []) images.get(event.file)?.apply(synced);
    } else pending.get(event.file)?.push(event);
    if (!chosen.has(place)) continue;
    lose(place, 'nothing');
    lose(place, others[Math.floor(random() * others.length)] ?? 'sectors');
  }
  return { cuts, lost, faults };
};

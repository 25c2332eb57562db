import { statSync } from 'node:fs';
import path from 'node:path';
import type { RowMapper } from '#main/capture/map-row.ts';
import type { RawRow } from '#main/capture/raw-row.ts';
import { NdjsonReader } from '#main/capture/read-ndjson.ts';
import { RejectsFile } from '#main/capture/rejects-file.ts';
import type { ImportLedger } from '#main/store/import-ledger.ts';
import type { NewEntry } from '#main/store/new-entry.ts';
import { BitacoraError, throwIfCancelled } from '#shared/contract/errors.ts';
import type { Redactor } from '#shared/redaction/redactor.ts';
import {
  type FollowCheckpoint,
  keptMarks,
  markBytes,
  type Part,
  readCheckpoint,
  trimParts,
} from './follow-checkpoint.ts';
import { type FollowTask, planLog } from './log-plan.ts';
import { listSet, type SetMember } from './log-set.ts';
import { matchParts } from './match-parts.ts';
import { hashOf, PartFile, SetChanged, TornPart } from './part-file.ts';
import { lineOf, PartNumberings } from './part-numberings.ts';

const batchEntries = 2000;
const batchCharacters = 1024 * 1024;
/** A last line without its end is taken when its file was put aside and has rested so long, milliseconds. */
const restMs = 10_000;
/** So much of lines that are no entries is kept; then somebody has to look. */
const rejectsLimit = 64 * 1024 * 1024;

export interface FollowSetup {
  readonly task: FollowTask;
  readonly ledger: ImportLedger;
  readonly rejectsFolder: string;
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
  /** Names of packed files that are cut off or damaged, by the state in which they are left alone; outlives a session. */
  readonly torn: Map<string, string>;
  /** Bytes of the rejects file at which following stops until it is moved away; 64 MiB unless told. */
  readonly mostRejectsBytes?: number;
}

/** What came of the lines of a session. */
export interface FollowFigures {
  readonly read: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: number;
}

/** What a look at the set found. */
export interface FollowLook {
  readonly encoding: 'utf-8' | 'latin1' | null;
  /** The log is there. */
  readonly live: boolean;
  readonly bytes: number;
  readonly position: number;
  readonly lag: number;
  readonly rejectsFile: string | null;
  readonly gaps: number;
  /** Name of a packed file that is cut off or damaged and was left out; null when there is none. */
  readonly torn: string | null;
}

/**
 * Follows one log from its last stored place on. Every batch is stored in one transaction with the place at which it ends,
 * so that after a failure or a kill a new session goes on exactly there: a session that has thrown is of no more use.
 */
export class FollowSession {
  readonly #setup: FollowSetup;
  readonly #importId: number;
  readonly #state: FollowCheckpoint;
  readonly #rejects: RejectsFile;
  readonly #numberings: PartNumberings;
  readonly #onFigures: (figures: FollowFigures) => void;
  #signature: string | null = null;
  #restless = false;
  readonly #unpacked = new Map<string, Part>();
  /** Parts that were not seen once, though there was more to read of them. */
  readonly #missed = new WeakSet<Part>();
  #batch: NewEntry[] = [];
  #batchCharacters = 0;
  #batchRows = 0;
  #batchRejected = 0;
  #files: readonly { readonly part: Part; readonly size: number; readonly live: boolean; readonly unread: number }[] =
    [];
  /** Everything that is there at the first look is passed over. */
  #passing: boolean;

  private constructor(
    setup: FollowSetup,
    start: { readonly importId: number; readonly state: FollowCheckpoint; readonly rejects: RejectsFile },
    onFigures: (figures: FollowFigures) => void,
  ) {
    this.#setup = setup;
    this.#importId = start.importId;
    this.#state = start.state;
    this.#rejects = start.rejects;
    this.#onFigures = onFigures;
    this.#numberings = new PartNumberings({
      ...setup,
      plan: () => this.#state.plan,
      passing: () => this.#passing,
    });
    this.#passing = setup.task.options.start === 'now' && start.state.plan === null && start.state.parts.length === 0;
  }

  /**
   * `onFigures` gets what each stored batch adds. Throws what the ledger or the disk of the rejects file says, and
   * `follow_rejects_full`.
   */
  static async open(setup: FollowSetup, onFigures: (figures: FollowFigures) => void): Promise<FollowSession> {
    const { task, ledger, rejectsFolder } = setup;
    const name = path.basename(task.path);
    const { importId, checkpoint } = await ledger.beginImport({ fingerprint: `follow:${task.id}`, file: name });
    const state = structuredClone(readCheckpoint(checkpoint));
    const rejectsPath = path.join(rejectsFolder, `${name}.${task.id.slice(0, 8)}.rejects.ndjson`);
    const rejects =
      (await RejectsFile.resume(rejectsPath, state.rejectsBytes)) ?? (await RejectsFile.begin(rejectsPath));
    const session = new FollowSession(setup, { importId, state, rejects }, onFigures);
    try {
      session.#requireRoomForRejects();
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#rejects.close();
  }

  /** Lines that are no entries are never dropped, and must not fill the disk either. */
  #requireRoomForRejects(): void {
    const { mostRejectsBytes: limit = rejectsLimit } = this.#setup;
    if (this.#rejects.bytes < limit) return;
    throw new BitacoraError('follow_rejects_full', { path: this.#rejects.path, limit });
  }

  /** Reads what has come. True when there was something, or there may be more at once. */
  async look(): Promise<boolean> {
    const { task } = this.#setup;
    const folder = path.dirname(task.path);
    const members = this.#members();
    const signature = members.map((member) => keyOf(folder, member)).join('\n');
    if (signature === this.#signature && !this.#restless) return false;
    const files: PartFile[] = [];
    try {
      // The log first: a copy of it that is whole by then was whole before the log was truncated.
      for (const member of members.toReversed()) files.unshift(PartFile.open(folder, member));
      this.#state.plan ??= await planLog(task, files);
      if (this.#state.plan === null) {
        this.#signature = signature;
        return false;
      }
      const progressed = await this.#read(members, files);
      this.#signature = signature;
      return progressed;
    } catch (error) {
      this.#signature = null;
      if (error instanceof TornPart) {
        this.#setup.torn.set(keyOf(folder, error.file), error.file.name);
        if (this.#batchRows > 0) throw new SetChanged();
        return true;
      }
      // What was taken and not stored is read again, by a new session: the rows are numbered already.
      if (!(error instanceof SetChanged) || this.#batchRows > 0) throw error;
      return true;
    } finally {
      for (const file of files) file.close();
    }
  }

  get found(): FollowLook {
    const log = this.#files.find(({ live }) => live);
    return {
      encoding: this.#state.plan?.encoding ?? null,
      live: log !== undefined,
      bytes: log?.size ?? 0,
      position: log?.part.offset ?? 0,
      lag: this.#files.reduce((sum, { unread }) => sum + unread, 0),
      rejectsFile: this.#rejects.isEmpty ? null : this.#rejects.path,
      gaps: this.#state.gaps,
      torn: [...this.#setup.torn.values()].at(-1) ?? null,
    };
  }

  #isTorn(member: SetMember): boolean {
    return this.#setup.torn.has(keyOf(path.dirname(this.#setup.task.path), member));
  }

  #members(): readonly SetMember[] {
    return listSet(this.#setup.task.path).filter((member) => !this.#isTorn(member));
  }

  async #read(members: readonly SetMember[], files: readonly PartFile[]): Promise<boolean> {
    const found = await matchParts(this.#state.parts, files, this.#unpacked);
    // Names and files belong together only if nothing was renamed meanwhile.
    if (JSON.stringify(this.#members()) !== JSON.stringify(members) || files.some((file) => !file.inPlace)) {
      throw new SetChanged();
    }
    const missing = found.filter(({ part, file }) => !file && !part.closed && part.offset > 0);
    if (missing.some(({ part }) => !this.#missed.has(part))) {
      // It may have been copied and truncated between two glances; the next look sees it in its new place.
      for (const { part } of missing) this.#missed.add(part);
      throw new SetChanged();
    }
    const present = new Set<Part>();
    for (const { part, file } of found) {
      if (file) {
        present.add(part);
        this.#missed.delete(part);
        part.device = file.device;
        part.inode = file.inode;
        if (file.packed) this.#unpacked.set(file.state, part);
      } else if (!part.closed && part.offset > 0) {
        // Whatever it held beyond is nowhere to be found.
        part.closed = true;
        this.#state.gaps += 1;
      }
    }
    this.#state.parts = trimParts(
      found.map(({ part }) => part),
      present,
    );
    let progressed = false;
    this.#restless = false;
    for (const [place, { part, file }] of found.entries()) {
      if (!file || (file.packed ? part.closed : part.offset === file.size)) {
        // It was read to its end while it was the log; stored with whatever comes next.
        if (file && !file.live && part.offset > 0) part.closed = true;
        continue;
      }
      if (part.offset === 0) {
        // Nothing of it was numbered yet, and another part may have come before it since it was first seen.
        this.#numberings.forget(part);
        await this.#numberings.carry(
          part,
          found.slice(0, place).findLast((before) => before.part.offset > 0),
        );
      }
      progressed = (await this.#readPart(part, file)) || progressed;
    }
    this.#files = found.flatMap(({ part, file }) =>
      file === null
        ? []
        : [{ part, size: file.size, live: file.live, unread: file.packed ? 0 : Math.max(0, file.size - part.offset) }],
    );
    this.#passing = false;
    this.#numberings.keep(this.#state.parts.slice(-2));
    return progressed;
  }

  async #readPart(part: Part, file: PartFile): Promise<boolean> {
    const { signal } = this.#setup;
    const mapper = await this.#numberings.mapperOf(part, file);
    const before = await file.before(part.offset);
    const last = part.marks.at(-1);
    if (last !== undefined && hashOf(before) !== last.hash) throw new SetChanged();
    const reader = new NdjsonReader({ offset: part.offset, line: part.line });
    let window: Buffer = before;
    let end = part.offset;
    let place: Place | null = null;
    const begun = part.offset;
    const take = async (): Promise<void> => {
      for (let row = reader.next(); row !== null; row = reader.next()) {
        this.#take(row, mapper);
        const from = Math.max(0, row.end - markBytes) - (end - window.length);
        place = {
          offset: row.end,
          line: row.nextLine,
          before: window.subarray(Math.max(0, from), row.end - (end - window.length)),
        };
        if (this.#batch.length >= batchEntries || this.#batchCharacters >= batchCharacters || this.#rejects.isFull) {
          await this.#store(part, place);
          place = null;
        }
      }
      // Kept longer than the chunk that it is a part of.
      if (place !== null) place = { ...place, before: Buffer.from(place.before) };
    };
    for await (const chunk of file.content(part.offset, before)) {
      throwIfCancelled(signal);
      window = Buffer.concat([window.subarray(Math.max(0, window.length - markBytes)), chunk]);
      end += chunk.length;
      reader.push(chunk);
      await take();
    }
    const rested = file.packed || (!file.live && Date.now() - file.changedAt > restMs);
    if (rested) {
      // Nobody will end its last line any more.
      reader.finish();
      await take();
    }
    if (place !== null) await this.#store(part, place);
    if (file.live) return part.offset > begun;
    const whole = rested || part.offset >= end;
    if (!whole) this.#restless = true;
    if (whole && !part.closed) {
      part.closed = true;
      await this.#store(part, null);
    }
    return part.offset > begun;
  }

  /** Takes a line in. What it says is looked through for secrets before anything is made of it. */
  #take(row: RawRow, mapper: RowMapper): void {
    this.#batchRows += 1;
    if (this.#passing) return;
    const line = lineOf(row);
    const mapped = mapper.map(line);
    if (!('reason' in mapped)) {
      this.#batch.push(mapped);
      this.#batchCharacters += line.text.length;
      return;
    }
    const { redactor } = this.#setup;
    this.#batchRejected += 1;
    const details = redactor.value(mapped.details) as Readonly<Record<string, unknown>>;
    this.#rejects.add(row.line, mapped.reason, details, redactor.text(row.text));
  }

  /** Stores what was taken together with the place behind it; null when only what is known of the files has changed. */
  async #store(part: Part, place: Place | null): Promise<void> {
    const { ledger, signal } = this.#setup;
    throwIfCancelled(signal);
    // The checkpoint speaks of the rejects file, so that has to be on the disk first.
    await this.#rejects.sync();
    this.#state.rejectsBytes = this.#rejects.bytes;
    if (place !== null) {
      const mark = { offset: place.offset, hash: hashOf(place.before) };
      part.head ??= mark;
      part.marks = [...part.marks, mark].slice(-keptMarks);
      part.offset = place.offset;
      part.line = place.line;
    }
    const batch = this.#batch;
    const read = this.#batchRows;
    const rejected = this.#batchRejected;
    this.#batch = [];
    this.#batchCharacters = 0;
    this.#batchRows = 0;
    this.#batchRejected = 0;
    const { stored, duplicates } = await ledger.prepare(batch)({ importId: this.#importId, checkpoint: this.#state });
    this.#onFigures({ read, stored, duplicates, rejected });
    this.#requireRoomForRejects();
  }
}

/** Where a batch ends. */
interface Place {
  readonly offset: number;
  readonly line: number;
  /** The last bytes before it. */
  readonly before: Buffer;
}

/** Names a state of a file: written to, or put in another's place, it has another key. */
const keyOf = (folder: string, { name }: SetMember): string => {
  const there = statSync(path.join(folder, name), { throwIfNoEntry: false });
  return there === undefined ? name : [name, there.ino, there.size, there.mtimeMs].join(' ');
};

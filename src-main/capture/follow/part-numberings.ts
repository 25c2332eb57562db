import { createClearEntry } from '#main/capture/clear-entry.ts';
import { ColumnNames } from '#main/capture/column-names.ts';
import { Identity } from '#main/capture/identity.ts';
import { RowMapper } from '#main/capture/map-row.ts';
import { createDateReader } from '#main/capture/parse-date.ts';
import type { RawRow } from '#main/capture/raw-row.ts';
import { NdjsonReader } from '#main/capture/read-ndjson.ts';
import { throwIfCancelled } from '#shared/contract/errors.ts';
import type { Redactor } from '#shared/redaction/redactor.ts';
import type { FollowCheckpoint, Part } from './follow-checkpoint.ts';
import type { FollowTask } from './log-plan.ts';
import type { FoundPart } from './match-parts.ts';
import type { PartFile } from './part-file.ts';

/** So far back rows are seen again after a start, to number those that are alike as before. */
const seenAgainBytes = 64 * 1024 * 1024;
/** So many rows of the part before may be alike to the first ones of the next. */
const carriedRows = 32;

/** A row without a byte order mark, or the hole that a program leaves that writes on where its log was truncated. */
export const lineOf = (row: RawRow): RawRow => {
  const text = row.text.replace(/^[\uFEFF\0]+/, '');
  return text === row.text ? row : { ...row, text };
};

export interface NumberingSetup {
  readonly task: FollowTask;
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
  /** How the log is read; asked for when its first row is. */
  readonly plan: () => FollowCheckpoint['plan'];
  /** True while rows are passed over: what was not taken need not be numbered. */
  readonly passing: () => boolean;
}

interface Numbering {
  readonly identity: Identity;
  readonly mapper: RowMapper;
}

/** How alike rows of a log's parts are numbered: as an import of the files does, but that each goes on from the one before. */
export class PartNumberings {
  readonly #setup: NumberingSetup;
  readonly #known = new Map<Part, Numbering>();

  constructor(setup: NumberingSetup) {
    this.#setup = setup;
  }

  /** Makes entries of a part's rows from where it was read to. */
  async mapperOf(part: Part, file: PartFile): Promise<RowMapper> {
    const { mapper } = await this.#of(part, file);
    return mapper;
  }

  /** What the last rows of the part before were, for the part that follows it. */
  async carry(part: Part, before: FoundPart | undefined): Promise<void> {
    if (!before?.file) return;
    const { identity } = await this.#of(before.part, before.file);
    part.carried = identity
      .recent(carriedRows)
      .map(([digest, count]) => [Buffer.from(digest, 'latin1').toString('base64'), count]);
  }

  forget(part: Part): void {
    this.#known.delete(part);
  }

  /** Forgets all but these. */
  keep(parts: readonly Part[]): void {
    for (const part of this.#known.keys()) if (!parts.includes(part)) this.#known.delete(part);
  }

  async #of(part: Part, file: PartFile): Promise<Numbering> {
    const known = this.#known.get(part);
    if (known) return known;
    const identity = new Identity(
      part.carried.map(([digest, count]) => [Buffer.from(digest, 'base64').toString('latin1'), count]),
    );
    const numbering = { identity, mapper: this.#mapperFor(identity) };
    await this.#seeAgain(part, file, numbering.mapper);
    this.#known.set(part, numbering);
    return numbering;
  }

  async #seeAgain(part: Part, file: PartFile, mapper: RowMapper): Promise<void> {
    const { signal, passing } = this.#setup;
    if (part.offset === 0 || passing()) return;
    const from = file.packed ? 0 : Math.max(0, part.offset - seenAgainBytes);
    const reader = new NdjsonReader({ offset: from, line: 1 });
    let first = from > 0;
    for await (const chunk of file.content(from, Buffer.alloc(0))) {
      throwIfCancelled(signal);
      reader.push(chunk);
      for (let row = reader.next(); row !== null; row = reader.next()) {
        if (row.end > part.offset) return;
        // The first one may be the end of a line.
        if (!first) mapper.map(lineOf(row));
        first = false;
      }
    }
  }

  #mapperFor(identity: Identity): RowMapper {
    const { task, redactor, plan: planOf } = this.#setup;
    const plan = planOf();
    if (plan === null) throw new Error('nothing is read before it is known how');
    return new RowMapper({
      columns: new ColumnNames(plan.columnNames, task.options.map),
      header: [],
      readDate: createDateReader(plan.dateOrder, task.options.zone),
      identity,
      source: task.options.source,
      users: null,
      clear: createClearEntry(redactor),
    });
  }
}

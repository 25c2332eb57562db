import { hash } from 'node:crypto';
import type { NewEntry } from '#main/store/new-entry.ts';

/** How many different rows without an id of their own are remembered, to number those that are alike. */
const rememberedRows = 200_000;
const idBytes = 16;

/**
 * One text for one content: a JSON list of the format's number, the instant in microseconds, and the columns in this
 * order. Absent and empty are the same here, since CSV can't tell them apart. Changing this changes the identity of
 * everything that is imported from then on: see docs/adr/0003.
 */
export const canonicalText = (entry: Omit<NewEntry, 'eventId'>): string =>
  JSON.stringify([
    1,
    entry.occurredAt,
    entry.actorId || null,
    entry.actorLogin || null,
    entry.actorName || null,
    entry.actorEmail || null,
    entry.event || null,
    entry.moduleNumber,
    entry.moduleName || null,
    entry.target || null,
    entry.recordId || null,
    entry.field || null,
    entry.oldValue || null,
    entry.newValue || null,
    entry.detail || null,
    entry.action || null,
    entry.status,
    entry.request || null,
    entry.source || null,
    entry.sourceEntryId || null,
    entry.extra || null,
  ]);

const digest = (text: string): string => hash('sha256', text, 'binary');

/** The first 16 bytes of a digest as a UUID of version 8, the version for ids made in a way of one's own (RFC 9562). */
const stampUuid = (binary: string): Uint8Array => {
  const id = Buffer.allocUnsafe(idBytes);
  id.write(binary, 0, idBytes, 'latin1');
  id[6] = ((id[6] ?? 0) & 0x0f) | 0x80;
  id[8] = ((id[8] ?? 0) & 0x3f) | 0x80;
  return id;
};

const uuidPattern = /^\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;

/** The value of a hexadecimal digit by its character code; 255 is none. */
const hexValues = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 255 : value;
});
const noHex = 255;
const textLength = 36;
const hyphens = [8, 13, 18, 23];

/** As nearly all are written: 36 characters with hyphens. Null for any other text. */
const readPlainUuid = (text: string): Uint8Array | null => {
  if (text.length !== textLength) return null;
  for (const place of hyphens) if (text.charCodeAt(place) !== 45) return null;
  const id = new Uint8Array(idBytes);
  for (let i = 0, at = 0; i < idBytes; i += 1) {
    if (text.charCodeAt(at) === 45) at += 1;
    const high = hexValues[text.charCodeAt(at)] ?? noHex;
    const low = hexValues[text.charCodeAt(at + 1)] ?? noHex;
    if (high === noHex || low === noHex) return null;
    id[i] = high * 16 + low;
    at += 2;
  }
  return id;
};

/** The bytes of a UUID's text, with or without hyphens; null when it is none. */
export const readUuid = (text: string): Uint8Array | null => {
  const plain = readPlainUuid(text);
  if (plain !== null) return plain;
  const match = uuidPattern.exec(text.trim());
  return match === null ? null : Buffer.from(match.slice(1).join(''), 'hex');
};

/**
 * Gives imported entries their identity. Rows without an id of their own that are alike are numbered in the order of
 * the file, so that all of them are kept and the same file read again gives the same ids; for that it must see every
 * row from the file's start.
 */
export class Identity {
  /** Digest → how many rows had it, least recently seen first. */
  readonly #seen: Map<string, number>;
  #numbered = false;

  /** `carried`: what `recent` of another one told, for a file that goes on where that one's ended. */
  constructor(carried: Iterable<readonly [string, number]> = []) {
    this.#seen = new Map(carried);
  }

  /** True once a row was numbered: then the ids of later rows depend on the rows before them. */
  get numbered(): boolean {
    return this.#numbered;
  }

  /** The digests of the last rows that were numbered, with how many there were of each. */
  recent(count: number): readonly (readonly [string, number])[] {
    return [...this.#seen].slice(-count);
  }

  of(canonical: string, hasOwnId: boolean): Uint8Array {
    const own = digest(canonical);
    if (hasOwnId) return stampUuid(own);
    this.#numbered = true;
    const before = this.#seen.get(own) ?? 0;
    // Set anew at the end: the map's order is the order of the last sight.
    if (before > 0) this.#seen.delete(own);
    this.#seen.set(own, before + 1);
    if (this.#seen.size > rememberedRows) {
      for (const oldest of this.#seen.keys()) {
        this.#seen.delete(oldest);
        break;
      }
    }
    return stampUuid(before === 0 ? own : digest(`${canonical} #${before}`));
  }
}

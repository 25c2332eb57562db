import type { PackedEntries } from './packed-entries.ts';

/** Entries that programs sent, to be stored together. */
export interface CapturedBatch {
  readonly entries: PackedEntries;
  /** 1 for an entry whose event id the sender gave: sent again, it is the same entry. */
  readonly given: Uint8Array;
}

/** What became of each entry of a batch, in its order. */
export interface CapturedIds {
  /** Its id in the ledger: a new one, or that of the same entry that was there before. */
  readonly ids: Float64Array;
  /** 1 for an entry that was stored now. */
  readonly fresh: Uint8Array;
}

import type { Actor, Module } from '#shared/contract/entry.ts';

/** An entry as a reader of everything gets it: names resolved, instants as microseconds since 1970, JSON as it is stored. */
export interface WholeEntry {
  readonly id: number;
  /** UUID text. */
  readonly eventId: string;
  readonly occurredAt: number;
  /** The source's own text of the time; null when it is exactly `new Date(ms).toISOString()`. */
  readonly occurredText: string | null;
  readonly receivedAt: number;
  readonly actor: Actor | null;
  readonly event: string | null;
  readonly module: Module | null;
  readonly target: string | null;
  readonly recordId: string | null;
  readonly field: string | null;
  readonly oldValue: string | null;
  readonly newValue: string | null;
  readonly detail: string | null;
  readonly action: string | null;
  readonly status: number | null;
  /** JSON of `AuditedRequest`, exactly as it is stored. */
  readonly request: string | null;
  readonly source: string | null;
  readonly sourceEntryId: string | null;
  readonly originFile: string | null;
  readonly originLine: number | null;
  /** JSON object, exactly as it is stored. */
  readonly extra: string | null;
}

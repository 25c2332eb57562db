/** An entry ready to be stored: normalised, redacted, and with its identity. Texts are well-formed Unicode. */
export interface NewEntry {
  /** 16 bytes. The same event has the same id wherever it comes from, so storing it twice is noticed. */
  readonly eventId: Uint8Array;
  /** Microseconds since 1970-01-01T00:00:00Z. */
  readonly occurredAt: number;
  /** The source's own text of the time; null when it is exactly `new Date(ms).toISOString()`. */
  readonly occurredText: string | null;
  readonly actorId: string | null;
  readonly actorLogin: string | null;
  readonly actorName: string | null;
  readonly actorEmail: string | null;
  readonly event: string | null;
  readonly moduleNumber: number | null;
  readonly moduleName: string | null;
  readonly target: string | null;
  readonly recordId: string | null;
  readonly field: string | null;
  readonly oldValue: string | null;
  readonly newValue: string | null;
  readonly detail: string | null;
  readonly action: string | null;
  readonly status: number | null;
  /** JSON of `AuditedRequest`, or null. */
  readonly request: string | null;
  readonly source: string | null;
  readonly sourceEntryId: string | null;
  /** Line in the imported file, 1 the first; null when captured. */
  readonly sourceLine: number | null;
  /** JSON object with what no column holds, or null. */
  readonly extra: string | null;
}

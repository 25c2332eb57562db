type Text = string | number | boolean | null | undefined;

/** An entry as `POST /api/entries` takes it; everything may be left out. */
export interface CapturedEntry {
  /** A UUID of the sender’s (version 7 is best): the same one again is the same entry. Made up when absent. */
  readonly eventId?: string | null | undefined;
  /** ISO 8601; UTC when it says no zone. The time of recording when absent. */
  readonly occurredAt?: string | null | undefined;
  /** Who did it, or the login alone; null for nobody who was signed in. */
  readonly actor?:
    | { readonly id?: Text; readonly login?: Text; readonly name?: Text; readonly email?: Text }
    | string
    | null
    | undefined;
  /** `CREATE`, `UPDATE`, `DELETE`, `STATUS_CHANGE`, `REQUEST` or any other. */
  readonly event?: Text;
  /** The part of the system: number, name or both. */
  readonly module?:
    | { readonly number?: number | null | undefined; readonly name?: Text }
    | string
    | number
    | null
    | undefined;
  /** What it affected. */
  readonly target?: Text;
  readonly recordId?: Text;
  /** The field that changed, and its values before and after; what is no text is kept as JSON. */
  readonly field?: Text;
  readonly oldValue?: unknown;
  readonly newValue?: unknown;
  /** Anything more to say. */
  readonly detail?: unknown;
  /** `POST /api/payments/create/`; made from the request when absent. */
  readonly action?: Text;
  /** HTTP status, 100 to 599. */
  readonly status?: number | null | undefined;
  readonly request?:
    | {
        readonly method?: Text;
        readonly path?: Text;
        readonly query?: Text;
        readonly body?: unknown;
        readonly responseBody?: unknown;
        readonly address?: Text;
        readonly durationMs?: number | null | undefined;
        readonly correlationId?: Text;
      }
    | null
    | undefined;
  /** The system that it comes from; the token’s name when absent. */
  readonly source?: Text;
  /** The source’s own id of the entry. */
  readonly sourceEntryId?: Text;
  /** What has no place above. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined;
}

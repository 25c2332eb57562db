/** One step of the schema, n−1 → n. Append-only: a released step never changes. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  /** Statements, run in order inside one transaction. */
  readonly up: readonly string[];
}

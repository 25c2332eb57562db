import type { Generated } from 'kysely';

/** The ledger's tables as Kysely sees them. `migrations/` makes them. */
export interface LedgerSchema {
  meta: { key: string; value: string };
  event: { id: number; name: string };
  target: { id: number; name: string };
  field: { id: number; name: string };
  source: { id: number; name: string };
  module: { id: number; number: number | null; name: string | null };
  actor: { id: number; actor_id: string | null; login: string | null; name: string | null; email: string | null };
  module_label: { number: number; name: string };
  import: {
    id: Generated<number>;
    fingerprint: string;
    file: string;
    started_at: number;
    finished_at: number | null;
    checkpoint: string | null;
  };
  entry: EntryTable;
  account: {
    id: Generated<number>;
    login: string;
    login_folded: string;
    name: string;
    role: string;
    password_hash: string;
  };
  session: { token_hash: Uint8Array; account_id: number; expires_at: number };
  token: {
    id: Generated<number>;
    name: string;
    scope: string;
    hint: string;
    token_hash: Uint8Array;
    created_at: number;
    last_used_at: number | null;
    revoked_at: number | null;
  };
  setting: { key: string; value: string };
  attempt: { subject: string; failures: number; last_failure_at: number };
  preference: { account_id: number; key: string; value: string };
}

export interface EntryTable {
  id: number;
  /** Microseconds since 1970-01-01T00:00:00Z. */
  occurred_at: number;
  received_at: number;
  event_id: Uint8Array;
  event: number | null;
  module: number | null;
  actor: number | null;
  target: number | null;
  field: number | null;
  source: number | null;
  status: number | null;
  record_id: string | null;
  old_value: string | null;
  new_value: string | null;
  detail: string | null;
  action: string | null;
  /** JSON of an audited request. */
  request: string | null;
  /** The source's own text of the time, where it is not the ISO form with milliseconds. */
  occurred_text: string | null;
  source_entry_id: string | null;
  import: number | null;
  source_line: number | null;
  /** JSON object. */
  extra: string | null;
}

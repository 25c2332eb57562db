import { createHash, randomUUID } from 'node:crypto';
import type { CapturedEntry } from './captured-entry.ts';
import { type Actor, currentActor, currentCorrelationId } from './context.ts';

/** What a change of a field means. */
export interface ChangeRules {
  /** Fields whose change is a `STATUS_CHANGE`; `estatus`, `status`, `estado` and `state` unless told. */
  readonly statusFields?: readonly string[];
  /** The value of a field that means that a record was deleted, though it is still there; `estatus = 0` unless told, null for none. */
  readonly logicalDelete?: { readonly field: string; readonly value: string | number | boolean } | null;
  /** What values mean, by field: `{ estatus: { 1: 'PENDIENTE' } }` makes “1 (PENDIENTE)” of 1. */
  readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Fields that are not recorded: times of the last change, counters. */
  readonly ignore?: readonly string[];
}

export type Values = Readonly<Record<string, unknown>>;

/** What became of one record. */
export interface RecordChange {
  readonly event: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly target: CapturedEntry['target'];
  readonly module: CapturedEntry['module'];
  readonly recordId: string | null;
  /** Null when there was none, or nothing is known of it. */
  readonly before: Values | null;
  readonly after: Values | null;
  /** Fields that tell which record it is, and are not told again. */
  readonly keys: readonly string[];
  readonly detail?: string;
}

const usualStatusFields = ['estatus', 'status', 'estado', 'state'];
const usualDelete = { field: 'estatus', value: 0 } as const;

/** A value of a database or a program as JSON has it; of bytes their number and a digest, so that a change shows. */
const plain = (value: unknown): unknown => {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) {
    return `[binary: ${value.length} bytes, sha256 ${createHash('sha256').update(value).digest('hex').slice(0, 16)}]`;
  }
  return value;
};

const isSame = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(plain(one)) === JSON.stringify(plain(other));

const labelled = (field: string, value: unknown, rules: ChangeRules): unknown => {
  const kept = plain(value);
  const label = rules.labels?.[field]?.[String(kept)];
  return label === undefined ? kept : `${kept} (${label})`;
};

interface FieldChange {
  readonly field: string;
  readonly oldValue: unknown;
  readonly newValue: unknown;
}

const changedFields = ({ before, after, keys }: RecordChange, { ignore = [] }: ChangeRules): readonly FieldChange[] => {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const changes: FieldChange[] = [];
  for (const field of names) {
    if (ignore.includes(field)) continue;
    const oldValue = before?.[field];
    // A field that an update does not name is what it was.
    const newValue = before !== null && after !== null && !(field in after) ? oldValue : after?.[field];
    if (isSame(oldValue, newValue)) continue;
    if (keys.includes(field) && (before === null || after === null)) continue;
    changes.push({ field, oldValue, newValue });
  }
  return changes;
};

/** `UPDATE` of a status is a `STATUS_CHANGE`, and of the field that says so a `DELETE`. */
const eventOf = ({ field, oldValue, newValue }: FieldChange, rules: ChangeRules): string => {
  const { statusFields = usualStatusFields, logicalDelete = usualDelete } = rules;
  if (logicalDelete?.field === field) {
    const gone = String(logicalDelete.value);
    if (String(plain(newValue)) === gone && String(plain(oldValue)) !== gone) return 'DELETE';
  }
  return statusFields.includes(field) ? 'STATUS_CHANGE' : 'UPDATE';
};

/**
 * The entries of a change, one for each field with its values before and after; of a record without fields one that says
 * what became of it; none when nothing changed.
 */
export const tellChange = (
  change: RecordChange,
  rules: ChangeRules,
  actor: Actor = currentActor(),
): readonly CapturedEntry[] => {
  const correlationId = currentCorrelationId();
  const common = {
    occurredAt: new Date().toISOString(),
    actor,
    module: change.module,
    target: change.target,
    recordId: change.recordId,
    ...(change.detail === undefined ? {} : { detail: change.detail }),
    // What changed together.
    extra: { change: randomUUID(), ...(correlationId === null ? {} : { correlationId }) },
  };
  const fields = changedFields(change, rules);
  if (fields.length === 0) return change.event === 'UPDATE' ? [] : [{ ...common, event: change.event }];
  return fields.map((told) => ({
    ...common,
    event: change.event === 'UPDATE' ? eventOf(told, rules) : change.event,
    field: told.field,
    oldValue: labelled(told.field, told.oldValue, rules),
    newValue: labelled(told.field, told.newValue, rules),
  }));
};

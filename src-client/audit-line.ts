import type { CapturedEntry } from './captured-entry.ts';

/** Whatever takes lines of text: a file’s stream, a rotating logger’s. */
export interface LineTaker {
  write(line: string): unknown;
}

const nameOf = (module: CapturedEntry['module']): unknown =>
  typeof module === 'object' && module !== null ? (module.name ?? module.number) : module;

/**
 * The entries of one change as one line of JSON, as the `purchase_audit` logger writes create, update and delete: who did
 * what to which object, with the fields that changed. From entries whose secrets are gone.
 */
export const auditLine = (entries: readonly CapturedEntry[]): string => {
  const [first = {}] = entries;
  const { actor } = first;
  const events = entries.map(({ event }) => event);
  const action = events.includes('DELETE') ? 'delete' : events.includes('CREATE') ? 'create' : 'update';
  const changes = entries.flatMap(({ field, oldValue, newValue }) =>
    field === undefined ? [] : [[String(field), { old: oldValue ?? null, new: newValue ?? null }] as const],
  );
  const told = {
    timestamp: first.occurredAt,
    level: 'INFO',
    logger: 'purchase_audit',
    action,
    model: first.target ?? null,
    object_id: first.recordId ?? null,
    user: actor ?? null,
    module: nameOf(first.module) ?? null,
    ...(first.detail === undefined ? {} : { detail: first.detail }),
    changes: Object.fromEntries(changes),
  };
  return `${JSON.stringify(told)}\n`;
};

import type { Redactor } from '#shared/redaction/redactor.ts';
import type { ClearEntry } from './map-row.ts';

const texts = [
  'actorId',
  'actorLogin',
  'actorName',
  'actorEmail',
  'event',
  'moduleName',
  'target',
  'recordId',
  'field',
  'detail',
  'action',
  'request',
  'source',
  'sourceEntryId',
  'extra',
] as const;

/** Takes the secrets out of an entry that was read from a file; what has none stays as it was, to the character. */
export const createClearEntry =
  (redactor: Redactor): ClearEntry =>
  (entry) => {
    // The change of a field is told by three values: the field's name says whether the other two are secrets.
    const isSecret = entry.field !== null && redactor.isSecretKey(entry.field);
    for (const name of ['oldValue', 'newValue'] as const) {
      const value = entry[name];
      if (value !== null) entry[name] = isSecret ? String(redactor.secret(value)) : redactor.text(value);
    }
    for (const name of texts) {
      const value = entry[name];
      if (value !== null) entry[name] = redactor.text(value);
    }
  };

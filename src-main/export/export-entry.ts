import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { NewEntry } from '#main/store/new-entry.ts';
import type { Account } from '#shared/contract/access.ts';
import type { ExportRequest } from '#shared/contract/export.ts';
import type { ExportOutcome } from './export-operations.ts';

/** Who exports: a person with an account, or whoever is at the command line. */
export type Operator = Pick<Account, 'login' | 'name'> | null;

/** The system's user stands for whoever is at the command line. */
const systemUser = (): string => {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return String(process.getuid?.() ?? '');
  }
};

/** Who exports, for people. */
export const operatorText = (operator: Operator): string =>
  operator === null ? systemUser() : `${operator.name} (${operator.login})`;

const sentence = {
  es: (name: string, rows: number) => `Exportación: ${name}, ${rows} registros`,
  en: (name: string, rows: number) => `Export: ${name}, ${rows} entries`,
} as const;

/**
 * The entry that says that something left: the auditor is audited too. What left is known by its SHA-256; the file's
 * folder is nobody's business.
 */
export const exportEntry = (
  outcome: ExportOutcome,
  { format, language, zone, columns }: Pick<ExportRequest, 'format' | 'language' | 'zone' | 'columns'>,
  operator: Operator,
  /** Microseconds since 1970. */
  at: number,
): NewEntry => {
  const { rows, firstId, lastId, files, query, sort, newestId } = outcome;
  const name = files[0]?.name ?? '';
  return {
    eventId: Buffer.from(randomUUID().replaceAll('-', ''), 'hex'),
    occurredAt: at,
    occurredText: null,
    actorId: null,
    actorLogin: operator?.login ?? systemUser(),
    actorName: operator?.name ?? null,
    actorEmail: null,
    event: 'EXPORT',
    moduleNumber: null,
    moduleName: 'Bitácora',
    target: format,
    recordId: name.toWellFormed(),
    field: null,
    oldValue: null,
    newValue: null,
    detail: sentence[language](name, rows).toWellFormed(),
    action: null,
    status: null,
    request: null,
    source: 'bitacora',
    sourceEntryId: null,
    sourceLine: null,
    extra: JSON.stringify({ query, sort, zone, columns, rows, firstId, lastId, newestId, files }),
  };
};

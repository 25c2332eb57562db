import { z } from 'zod';
import type { ProcedureSpec } from '#shared/contract/procedures.ts';

/** A name of an event, module, target, source or action; `*` stands for anything, case and accents don't count. */
const patterns = z.array(z.string().trim().min(1).max(200)).max(100).default([]);

/** Which entries a logger takes: each list that is not empty must hold one that fits. All empty: every entry. */
export const logRuleSchema = z.object({
  events: patterns,
  /** By name or by number. */
  modules: patterns,
  targets: patterns,
  sources: patterns,
  actions: patterns,
});
export type LogRule = z.infer<typeof logRuleSchema>;

const smallestLog = 1024;
const largestLog = 2 * 1024 * 1024 * 1024;
const mostBackups = 1000;

/** `bitacora.log` is the program's own. */
const logFileName = z
  .string()
  .max(100)
  .regex(/^(?!bitacora\.log$)[A-Za-z0-9][A-Za-z0-9_.-]*\.log$/i);

export const loggerSchema = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/),
  /** Name of its file in the log folder. */
  file: logFileName,
  /** Null for a logger that writes into the file of another one, within that one's limits. */
  limits: z
    .object({
      /** A file that has reached this size is put aside. */
      maxBytes: z.number().int().min(smallestLog).max(largestLog),
      /** So many files that were put aside are kept: `audit.log.1`, the newest, to `audit.log.10`. */
      backups: z.number().int().min(1).max(mostBackups),
    })
    .nullable(),
  /** An entry that fits one of them is written. */
  rules: z.array(logRuleSchema).max(100),
});
export type Logger = z.infer<typeof loggerSchema>;

/** Of the loggers that write into one file, an entry is written once, by the first in the list that takes it. */
export const logFileSettingsSchema = z
  .object({ enabled: z.boolean(), loggers: z.array(loggerSchema).max(50) })
  .superRefine(({ loggers }, context) => {
    loggers.forEach(({ name, file }, place) => {
      if (loggers.findIndex((other) => other.name === name) !== place) {
        context.addIssue({ code: 'custom', path: ['loggers', place, 'name'], message: 'is there twice' });
      }
      // On some systems these are one file, on others they are two.
      const isSame = (other: string): boolean => other.toLowerCase() === file.toLowerCase();
      if (loggers.some((other) => isSame(other.file) && other.file !== file)) {
        context.addIssue({ code: 'custom', path: ['loggers', place, 'file'], message: 'is written in two ways' });
      }
      const owners = loggers.filter((other) => isSame(other.file) && other.limits !== null);
      if (owners.length !== 1) {
        context.addIssue({
          code: 'custom',
          path: ['loggers', place, 'limits'],
          message: 'of the loggers of one file exactly one has limits',
        });
      }
    });
  });
export type LogFileSettings = z.infer<typeof logFileSettingsSchema>;

const megabyte = 1024 * 1024;
const rule = (part: Partial<LogRule>): LogRule => ({
  events: [],
  modules: [],
  targets: [],
  sources: [],
  actions: [],
  ...part,
});
const orders = ['PurchaseOrder*', 'Purchase Order*', 'purchase_order*'];
const payments = ['Payment*'];
const changes = ['CREATE', 'UPDATE', 'DELETE', 'STATUS_CHANGE'];

/** As the audit log has them: names, files, sizes and counts. Off until somebody wants them. */
export const defaultLogFiles: LogFileSettings = {
  enabled: false,
  loggers: [
    {
      name: 'purchase_audit',
      file: 'audit.log',
      limits: null,
      rules: [
        rule({ events: changes, targets: [...orders, ...payments] }),
        rule({ events: changes, modules: [...orders, ...payments] }),
      ],
    },
    { name: 'audit', file: 'audit.log', limits: { maxBytes: 20 * megabyte, backups: 10 }, rules: [rule({})] },
    {
      name: 'payments',
      file: 'payments.log',
      limits: { maxBytes: 10 * megabyte, backups: 5 },
      rules: [rule({ targets: payments }), rule({ modules: payments }), rule({ actions: ['*/payments/*'] })],
    },
    {
      name: 'purchase_orders',
      file: 'purchase_orders.log',
      limits: { maxBytes: 10 * megabyte, backups: 5 },
      rules: [
        rule({ targets: orders }),
        rule({ modules: orders }),
        rule({ actions: ['*/purchase_orders/*', '*/purchase-orders/*'] }),
      ],
    },
  ],
};

/** What goes wrong beside the ledger, as an error is told: by code, with its details. */
export const faultSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});

export const logFileStateSchema = z.object({
  file: z.string(),
  path: z.string(),
  /** The loggers that write into it. */
  loggers: z.array(z.string()),
  maxBytes: z.number(),
  backups: z.number().int(),
  /** Bytes of the file, and number and bytes of those that were put aside. */
  bytes: z.number(),
  rotated: z.number().int(),
  rotatedBytes: z.number(),
  /** Entries written since the engine started. */
  written: z.number().int(),
  /** ISO 8601 instant; null when nothing was written since the engine started. */
  lastWrittenAt: z.string().nullable(),
});
export type LogFileState = z.infer<typeof logFileStateSchema>;

export const logFilesSchema = z.object({
  settings: logFileSettingsSchema,
  /** Full path; only the command line changes it. */
  folder: z.string(),
  files: z.array(logFileStateSchema),
  /** Entries of the ledger that the files don't have yet. */
  waiting: z.number().int().nullable(),
  /** How often writing failed since the engine started; what failed is written later. */
  failures: z.number().int(),
  /** Why nothing can be written at the moment; null when all is well. */
  error: faultSchema.nullable(),
});

const nothing = z.object({});

export const logFileProcedures = {
  'capture.logFiles': {
    kind: 'query',
    access: 'admin',
    summary: 'The log files that are written of what is captured: loggers, rules, limits, sizes, failures.',
    input: nothing,
    output: logFilesSchema,
  },
  'capture.setLogFiles': {
    kind: 'command',
    access: 'admin',
    summary: 'Switches the log files on or off and changes loggers, rules and limits.',
    input: logFileSettingsSchema,
    output: nothing,
  },
  'capture.setLogFolder': {
    kind: 'command',
    access: 'host',
    summary:
      'Where the log files are from now on; null for the folder `logs` beside the ledger. Windows never name paths.',
    input: z.object({ folder: z.string().min(1).nullable() }),
    output: nothing,
  },
} as const satisfies Record<string, ProcedureSpec>;

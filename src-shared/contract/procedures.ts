import { z } from 'zod';
import {
  accountSchema,
  loginSchema,
  passwordSchema,
  roles,
  sessionSchema,
  tokenSchema,
  tokenScopes,
} from '#shared/contract/access.ts';
import {
  capturedEntrySchema,
  captureInputSchema,
  captureReceiptSchema,
  captureSettingsSchema,
} from '#shared/contract/capture.ts';
import { captureProcedures } from '#shared/contract/capture-procedures.ts';
import { actorSchema, entrySchema } from '#shared/contract/entry.ts';
import {
  exportJobSchema,
  exportProgressSchema,
  exportRequestSchema,
  exportResultSchema,
} from '#shared/contract/export.ts';
import { followProcedures } from '#shared/contract/follow.ts';
import {
  importOptionsSchema,
  importPreviewSchema,
  importProgressSchema,
  importResultSchema,
} from '#shared/contract/import.ts';
import { logFileProcedures } from '#shared/contract/log-files.ts';
import { statisticsCheckSchema, statisticsQuestionSchema, statisticsSchema } from '#shared/contract/statistics.ts';
import {
  facetColumns,
  facetsSchema,
  maxPageRows,
  pageSchema,
  pageStartSchema,
  recordLifeSchema,
  timelineSchema,
  totalSchema,
  viewSchema,
} from '#shared/contract/view.ts';

/**
 * Who may call: `public` anyone, `auditor` anyone signed in, `reader` they and read tokens, `capture` capture tokens,
 * `admin` administrators, `host` only the shell around the engine (the Electron main process, the command line), never a
 * window. The shell may call everything.
 */
export type Access = 'public' | 'auditor' | 'reader' | 'capture' | 'admin' | 'host';
/** `query` reads, `command` changes something, `job` is long: it reports progress and may emit events. */
export type Kind = 'query' | 'command' | 'job';

/** What the table says of a procedure. */
export interface ProcedureSpec {
  readonly kind: Kind;
  readonly access: Access;
  /** One sentence for the documentation and the OpenAPI page. */
  readonly summary: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly progress?: z.ZodType;
  readonly event?: z.ZodType;
}

const nothing = z.object({});
const done = z.object({});

export const ledgerStatusSchema = z.object({
  state: z.enum(['missing', 'open', 'failed']),
  path: z.string(),
  error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
  entries: z.number().int(),
  /** Entries that the search index covers; newer ones are scanned. */
  indexed: z.number().int(),
  bytes: z.number(),
  demo: z.boolean(),
});
export const statusSchema = z.object({
  version: z.string(),
  ledger: ledgerStatusSchema,
  /** True until the first administrator exists. */
  needsSetup: z.boolean(),
});
export type Status = z.infer<typeof statusSchema>;

export const changeEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('status'), status: statusSchema }),
]);

export const procedures = {
  'app.status': {
    kind: 'query',
    access: 'public',
    summary: 'Version, state of the ledger, and whether the first administrator is still missing.',
    input: nothing,
    output: statusSchema,
  },
  'app.watch': {
    kind: 'job',
    access: 'auditor',
    summary: 'Stays open and tells when the ledger’s state changes (new entries, index progress).',
    input: nothing,
    output: done,
    event: changeEventSchema,
  },
  'setup.create': {
    kind: 'command',
    access: 'public',
    summary: 'First run: makes the ledger and the first administrator. Refused once an account exists.',
    input: z.object({ login: loginSchema, name: z.string().min(1).max(200), password: passwordSchema }),
    output: sessionSchema,
  },
  'setup.openDemo': {
    kind: 'job',
    access: 'public',
    summary: 'Opens the demo ledger, generating it first if needed, and signs in to it.',
    input: nothing,
    output: sessionSchema,
    progress: z.object({ done: z.number().int(), total: z.number().int() }),
  },
  'setup.leaveDemo': {
    kind: 'command',
    access: 'auditor',
    summary: 'Closes the demo ledger and returns to the ledger of the data folder.',
    input: nothing,
    output: done,
  },
  'session.signIn': {
    kind: 'command',
    access: 'public',
    summary: 'Signs in; the answer’s token goes into every later call.',
    input: z.object({ login: z.string().max(150), password: z.string().max(1000) }),
    output: sessionSchema,
  },
  'session.current': {
    kind: 'query',
    access: 'auditor',
    summary: 'Who is signed in.',
    input: nothing,
    output: accountSchema,
  },
  'session.reader': {
    kind: 'query',
    access: 'reader',
    summary: 'Refuses whoever may not read the trail; tells everybody else what they are taken for.',
    input: nothing,
    output: z.object({ kind: z.enum(['account', 'token', 'host']), name: z.string() }),
  },
  'session.signOut': { kind: 'command', access: 'auditor', summary: 'Ends the session.', input: nothing, output: done },
  'account.create': {
    kind: 'command',
    access: 'admin',
    summary: 'Makes an account.',
    input: z.object({
      login: loginSchema,
      name: z.string().min(1).max(200),
      role: z.enum(roles),
      password: passwordSchema,
    }),
    output: accountSchema,
  },
  'account.list': {
    kind: 'query',
    access: 'admin',
    summary: 'All accounts.',
    input: nothing,
    output: z.object({ accounts: z.array(accountSchema) }),
  },
  'token.create': {
    kind: 'command',
    access: 'admin',
    summary: 'Makes a token for a program that captures or reads. The answer is the only time that it is shown.',
    input: z.object({ name: z.string().trim().min(1).max(200), scope: z.enum(tokenScopes) }),
    output: z.object({ token: z.string(), info: tokenSchema }),
  },
  'token.list': {
    kind: 'query',
    access: 'admin',
    summary: 'All tokens, revoked ones too, with their last use.',
    input: nothing,
    output: z.object({ tokens: z.array(tokenSchema) }),
  },
  'token.revoke': {
    kind: 'command',
    access: 'admin',
    summary: 'Ends a token at once and for good.',
    input: z.object({ id: z.number().int().positive() }),
    output: tokenSchema,
  },
  'capture.ready': {
    kind: 'query',
    access: 'capture',
    summary: 'Refuses when nothing can be captured now.',
    input: nothing,
    output: done,
  },
  'capture.store': {
    kind: 'command',
    access: 'capture',
    summary: 'Stores entries, secrets taken out; answers when they are on disk. Nothing is stored twice.',
    input: captureInputSchema,
    output: captureReceiptSchema,
  },
  'capture.recordRead': {
    kind: 'command',
    access: 'host',
    summary: 'Stores a request to our own HTTP API as an entry, unless the settings say otherwise.',
    input: z.object({ entry: capturedEntrySchema }),
    output: done,
  },
  'capture.readSettings': {
    kind: 'query',
    access: 'admin',
    summary: 'What is taken for a secret in captured entries, and whether reads through HTTP are recorded.',
    input: nothing,
    output: captureSettingsSchema,
  },
  'capture.writeSettings': {
    kind: 'command',
    access: 'admin',
    summary: 'Changes what is taken for a secret, and whether reads through HTTP are recorded, from now on.',
    input: captureSettingsSchema,
    output: done,
  },
  ...logFileProcedures,
  ...captureProcedures,
  ...followProcedures,
  'preferences.read': {
    kind: 'query',
    access: 'auditor',
    summary: 'What this person’s window remembers: columns, language, looks, the last view.',
    input: nothing,
    output: z.object({ values: z.record(z.string(), z.unknown()) }),
  },
  'preferences.write': {
    kind: 'command',
    access: 'auditor',
    summary: 'Remembers one thing; null forgets it. At most 64 KiB as JSON.',
    input: z.object({ key: z.string().min(1).max(100), value: z.unknown() }),
    output: done,
  },
  'log.page': {
    kind: 'query',
    access: 'reader',
    summary: 'A page of a view, from any place in it.',
    input: z.object({ view: viewSchema, start: pageStartSchema, limit: z.number().int().min(1).max(maxPageRows) }),
    output: pageSchema,
  },
  'log.count': {
    kind: 'job',
    access: 'reader',
    summary: 'The exact number of entries in a view; progress says how many there are at least.',
    input: z.object({ view: viewSchema }),
    output: z.object({ count: z.number().int() }),
    progress: totalSchema,
  },
  'log.facets': {
    kind: 'job',
    access: 'reader',
    summary:
      'Values with counts. A column’s own including filter does not narrow its own facet. Under a search, progress brings an estimate.',
    input: z.object({
      view: viewSchema,
      columns: z.array(z.enum(facetColumns)).min(1),
      limit: z.number().int().min(1).max(1000),
      /** Only values whose label contains this text (case and accents aside). */
      search: z.string().max(200).nullable(),
    }),
    output: facetsSchema,
    progress: facetsSchema,
  },
  'log.timeline': {
    kind: 'job',
    access: 'reader',
    summary:
      'Entries per period under the view’s filters, its own periods aside. Under a search, progress brings an estimate.',
    input: z.object({ view: viewSchema, bars: z.number().int().min(1).max(1000) }),
    output: timelineSchema,
    progress: timelineSchema,
  },
  'log.entry': {
    kind: 'query',
    access: 'reader',
    summary: 'One entry, whole.',
    input: z.object({ id: z.number().int().positive() }),
    output: entrySchema,
  },
  'log.recordLife': {
    kind: 'query',
    access: 'reader',
    summary: 'The entries of the record that an entry belongs to, with the changes that nobody logged.',
    input: z.object({ id: z.number().int().positive(), limit: z.number().int().min(1).max(500) }),
    output: recordLifeSchema,
  },
  'log.actors': {
    kind: 'query',
    access: 'reader',
    summary: 'Everybody who has done something, as they were called then; the newest name of each comes last.',
    input: nothing,
    output: z.object({ actors: z.array(actorSchema) }),
  },
  'statistics.read': {
    kind: 'query',
    access: 'reader',
    summary:
      'How many entries there are by day, month, user, event and module of a period, from sums kept as they come.',
    input: statisticsQuestionSchema,
    output: statisticsSchema,
  },
  'statistics.check': {
    kind: 'job',
    access: 'auditor',
    summary: 'Compares the kept sums with a count of the entries themselves and names the first differences.',
    input: nothing,
    output: statisticsCheckSchema,
    progress: z.object({ done: z.number().int(), total: z.number().int() }),
  },
  'file.grant': {
    kind: 'command',
    access: 'host',
    summary: 'Lets a window import one file that the person chose; windows never name paths.',
    input: z.object({ path: z.string() }),
    output: z.object({ grant: z.string(), name: z.string(), bytes: z.number() }),
  },
  'import.preview': {
    kind: 'query',
    access: 'admin',
    summary: 'How a file would be read: format, columns guessed, first rows.',
    input: z.object({ grant: z.string(), options: importOptionsSchema }),
    output: importPreviewSchema,
  },
  'import.run': {
    kind: 'job',
    access: 'admin',
    summary: 'Imports a granted file. Nothing is stored twice; cancelled or killed, the next run goes on from there.',
    input: z.object({
      grant: z.string(),
      options: importOptionsSchema,
      /** Grant of a JSON file with the people that the source names only by number or login; null for none. */
      users: z.string().nullable().default(null),
    }),
    output: importResultSchema,
    progress: importProgressSchema,
  },
  'export.grant': {
    kind: 'command',
    access: 'host',
    summary: 'Lets a window write one document to the place that the person chose; good for one export.',
    input: z.object({ path: z.string().min(1) }),
    output: z.object({ grant: z.string(), name: z.string() }),
  },
  'export.run': {
    kind: 'job',
    access: 'reader',
    summary: 'Writes the whole view as a document and reads it back. Cancelled, it leaves nothing behind.',
    input: z.object({ grant: z.string(), request: exportRequestSchema }),
    output: exportResultSchema,
    progress: exportProgressSchema,
  },
  'export.start': {
    kind: 'command',
    access: 'auditor',
    summary: 'The same as a job of the engine’s own, which goes on when the window that asked is gone.',
    input: z.object({
      grant: z.string(),
      request: exportRequestSchema,
      /** It is shown where it was asked for, and nobody else has to be told that it is there. */
      forPrint: z.boolean().default(false),
    }),
    output: z.object({ job: z.string() }),
  },
  'export.watch': {
    kind: 'job',
    access: 'auditor',
    summary: 'Stays open and tells how one’s own exports are going, newest first.',
    input: nothing,
    output: done,
    event: z.object({ jobs: z.array(exportJobSchema) }),
  },
  'export.cancel': {
    kind: 'command',
    access: 'auditor',
    summary: 'Ends a running export of one’s own, or takes an ended one off the list.',
    input: z.object({ job: z.string() }),
    output: done,
  },
  'export.files': {
    kind: 'query',
    access: 'host',
    summary: 'Where the documents of a finished export are: for opening, showing and downloading them.',
    input: z.object({ job: z.string() }),
    output: z.object({ files: z.array(z.string()), sideFile: z.string().nullable() }),
  },
  'export.bundle': {
    kind: 'command',
    access: 'host',
    summary: 'Puts finished documents into one ZIP file, for whoever can only be sent one.',
    input: z.object({ files: z.array(z.string()).min(1), target: z.string() }),
    output: z.object({ bytes: z.number(), sha256: z.string() }),
  },
  'export.settle': {
    kind: 'job',
    access: 'host',
    summary: 'Waits until no export runs any more: before the program ends. Tells how many run, when any does.',
    input: nothing,
    output: done,
    progress: z.object({ running: z.number().int() }),
  },
  'index.catchUp': {
    kind: 'job',
    access: 'host',
    summary: 'Waits until every index covers the newest entry.',
    input: nothing,
    output: done,
    progress: z.object({ indexed: z.number().int(), entries: z.number().int() }),
  },
  'index.rebuild': {
    kind: 'job',
    access: 'admin',
    summary:
      'Makes every side index anew from the ledger. Cancelled half-way, the rest is made when nothing else is to be done.',
    input: nothing,
    output: z.object({
      entries: z.number().int(),
      seconds: z.number(),
      /** What each kind of side index takes on disk. */
      bytes: z.record(z.string(), z.number()),
    }),
    progress: z.object({
      kind: z.enum(['columns', 'search', 'orders']),
      /** Entries of `total`. */
      done: z.number().int(),
      total: z.number().int(),
    }),
  },
  'demo.fill': {
    kind: 'job',
    access: 'host',
    summary: 'Adds a generated trail, the same for the same seed.',
    input: z.object({ rows: z.number().int().min(1).max(100_000_000), seed: z.number().int().min(0) }),
    output: z.object({ stored: z.number().int() }),
    progress: z.object({ done: z.number().int(), total: z.number().int() }),
  },
} as const satisfies Record<string, ProcedureSpec>;

export type Procedures = typeof procedures;
export type ProcedureName = keyof Procedures;
/** What a caller gives. */
export type InputOf<N extends ProcedureName> = z.input<Procedures[N]['input']>;
/** What a handler gets. */
export type ParsedInputOf<N extends ProcedureName> = z.output<Procedures[N]['input']>;
export type OutputOf<N extends ProcedureName> = z.output<Procedures[N]['output']>;
export type ProgressOf<N extends ProcedureName> = Procedures[N] extends { progress: infer P extends z.ZodType }
  ? z.output<P>
  : never;
export type EventOf<N extends ProcedureName> = Procedures[N] extends { event: infer E extends z.ZodType }
  ? z.output<E>
  : never;

export const isProcedureName = (name: string): name is ProcedureName => Object.hasOwn(procedures, name);

import type { PlainKey } from '#renderer/i18n/translate.ts';
import { type Logger, type LogRule, loggerSchema } from '#shared/contract/log-files.ts';

const megabyte = 1024 * 1024;
/** For a logger that has a file of its own before anybody says how large; the reference's usual ones. */
const usualLimits = { maxBytes: 10 * megabyte, backups: 5 } as const;

/** What a rule can look at. */
export const ruleFields = ['events', 'modules', 'targets', 'sources', 'actions'] as const;

/** A logger as it is written while it is changed. */
export interface LoggerDraft {
  readonly name: string;
  readonly file: string;
  readonly megabytes: string;
  readonly backups: string;
  /** It takes every entry, and the rules don't count. */
  readonly everything: boolean;
  readonly rules: readonly LogRule[];
}

export const emptyRule: LogRule = { events: [], modules: [], targets: [], sources: [], actions: [] };

const isEmpty = (rule: LogRule): boolean => ruleFields.every((field) => rule[field].length === 0);

/** Whether one of its rules takes every entry. */
export const takesEverything = ({ rules }: Pick<Logger, 'rules'>): boolean => rules.some(isEmpty);

/** Megabytes as people write them, to a thousandth. */
export const megabytesOf = (bytes: number): number => Math.round((bytes / megabyte) * 1000) / 1000;

const isSameFile = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

export const draftOf = (logger: Logger | null): LoggerDraft => {
  const { maxBytes, backups } = logger?.limits ?? usualLimits;
  const everything = logger !== null && takesEverything(logger);
  return {
    name: logger?.name ?? '',
    file: logger?.file ?? '',
    megabytes: String(megabytesOf(maxBytes)),
    backups: String(backups),
    everything,
    rules: logger === null || everything || logger.rules.length === 0 ? [emptyRule] : logger.rules,
  };
};

const othersOf = (loggers: readonly Logger[], at: number | null): readonly Logger[] =>
  loggers.filter((_logger, place) => place !== at);

/** The other logger that decides how large the file of a draft gets; null when the draft itself does. */
export const ownerOf = ({ file }: LoggerDraft, loggers: readonly Logger[], at: number | null): Logger | null =>
  othersOf(loggers, at).find((other) => other.limits !== null && isSameFile(other.file, file.trim())) ?? null;

const limitsOf = ({ megabytes, backups }: LoggerDraft) => ({
  maxBytes: Math.round(Number(megabytes.trim().replace(',', '.') || 'NaN') * megabyte),
  backups: Number(backups.trim() || 'NaN'),
});

/** The one sentence that says what is wrong with a draft; null when it can be kept. */
export const draftProblem = (draft: LoggerDraft, loggers: readonly Logger[], at: number | null): PlainKey | null => {
  const { name, file, limits } = loggerSchema.shape;
  const { maxBytes, backups } = limits.unwrap().shape;
  if (!name.safeParse(draft.name.trim()).success) return 'capture.loggers.wrong.name';
  if (othersOf(loggers, at).some((other) => other.name === draft.name.trim())) return 'capture.loggers.wrong.twice';
  if (!file.safeParse(draft.file.trim()).success) return 'capture.loggers.wrong.file';
  if (ownerOf(draft, loggers, at) === null) {
    const wanted = limitsOf(draft);
    if (!maxBytes.safeParse(wanted.maxBytes).success) return 'capture.loggers.wrong.size';
    if (!backups.safeParse(wanted.backups).success) return 'capture.loggers.wrong.copies';
  }
  if (!draft.everything && (draft.rules.length === 0 || draft.rules.some(isEmpty))) return 'capture.loggers.wrong.rule';
  return null;
};

/** Each file has exactly one logger with limits: where it went away, the first of those that stay takes its place. */
const settleLimits = (loggers: readonly Logger[], before: readonly Logger[]): Logger[] => {
  const ownerless = (file: string): boolean =>
    !loggers.some((other) => isSameFile(other.file, file) && other.limits !== null);
  return loggers.map((logger, at) => {
    const isFirst = loggers.findIndex(({ file }) => isSameFile(file, logger.file)) === at;
    if (!isFirst || !ownerless(logger.file)) return logger;
    const last = before.find(({ file, limits }) => isSameFile(file, logger.file) && limits !== null);
    return { ...logger, limits: last?.limits ?? usualLimits };
  });
};

/**
 * The loggers with a draft in its place; a new one comes first, where no logger of its file takes entries away from it. The
 * draft has no problem.
 */
export const keepDraft = (draft: LoggerDraft, loggers: readonly Logger[], at: number | null): Logger[] => {
  const others = othersOf(loggers, at);
  const file = others.find((other) => isSameFile(other.file, draft.file.trim()))?.file ?? draft.file.trim();
  const kept: Logger = {
    name: draft.name.trim(),
    file,
    limits: ownerOf(draft, loggers, at) === null ? limitsOf(draft) : null,
    rules: draft.everything ? [emptyRule] : [...draft.rules],
  };
  return settleLimits(at === null ? [kept, ...loggers] : loggers.with(at, kept), loggers);
};

export const dropLogger = (loggers: readonly Logger[], at: number): Logger[] =>
  settleLimits(othersOf(loggers, at), loggers);

/** The place of the logger that writes into the same file and is asked just before this one; −1 when it is the first. */
export const placeBefore = (loggers: readonly Logger[], at: number): number =>
  loggers.findLastIndex(({ file }, place) => place < at && isSameFile(file, loggers[at]?.file ?? ''));

/** The one at this place before that one: of the loggers of one file, the first that takes an entry writes it. */
export const moveLoggerUp = (loggers: readonly Logger[], at: number): Logger[] => {
  const before = placeBefore(loggers, at);
  const moved = loggers.slice(at, at + 1);
  return before < 0 ? [...loggers] : othersOf(loggers, at).toSpliced(before, 0, ...moved);
};

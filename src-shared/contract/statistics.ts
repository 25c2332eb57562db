import { z } from 'zod';

/**
 * What sums are wanted by. Days and months are UTC’s: the sums are kept in the commit, before anybody’s zone is known,
 * and are exact for these. A report by the days of another zone counts the log itself (`log.count`, `log.timeline`).
 */
export const statisticsKeys = ['day', 'month', 'user', 'event', 'module'] as const;
export type StatisticsKey = (typeof statisticsKeys)[number];

/** Values as `log.facets` gives them and as they are written in a query (`evento:VALUE`). */
const values = z.array(z.string()).min(1).max(1000).nullable();

export const maxStatisticsRows = 10_000;

export const statisticsQuestionSchema = z.object({
  /** First and last day in UTC, `2026-03-01`, both included; null: open. */
  from: z.iso.date().nullable(),
  to: z.iso.date().nullable(),
  /** Only entries with one of these values; null: all, those without a value among them. */
  users: values,
  events: values,
  modules: values,
  /** Empty: one sum of everything. */
  by: z.array(z.enum(statisticsKeys)).max(statisticsKeys.length),
  /** The most rows in the answer; `groups` tells how many there are. */
  limit: z.number().int().min(1).max(maxStatisticsRows),
});
export type StatisticsQuestion = z.infer<typeof statisticsQuestionSchema>;

export const statisticsSchema = z.object({
  /** Entries of all groups, shown or not. */
  entries: z.number().int(),
  /** How many groups there are. */
  groups: z.number().int(),
  /** The newest entry that is counted. */
  newestId: z.number().int(),
  /** By time where that was asked for, oldest first; then the largest first. */
  rows: z.array(
    z.object({
      /**
       * One for each of `by`, in its order: what to write in a query (a day as `2026-03-01`, a month as `2026-03`) and
       * what to show. Null: entries that have none.
       */
      keys: z.array(z.object({ value: z.string(), label: z.string() }).nullable()),
      entries: z.number().int(),
    }),
  ),
});
export type Statistics = z.infer<typeof statisticsSchema>;

/** How many differences are told by name. */
export const maxStatisticsDifferences = 20;

export const statisticsCheckSchema = z.object({
  /** Entries that were counted. */
  entries: z.number().int(),
  /** How many kept sums do not say what the entries say; 0 when all is well. */
  differences: z.number().int(),
  /** The first of them. */
  first: z.array(
    z.object({
      /** Which of the kept sums: by day, by user and day, by user and month. */
      sum: z.enum(['day', 'userDay', 'userMonth']),
      /** `2026-03-01` or `2026-03`. */
      period: z.string(),
      user: z.string().nullable(),
      event: z.string().nullable(),
      module: z.string().nullable(),
      /** How many entries the sum has too many; below 0: too few. */
      excess: z.number().int(),
    }),
  ),
});
export type StatisticsCheck = z.infer<typeof statisticsCheckSchema>;

import { withEngine } from '#main/cli/engine-here.ts';
import { csvHead, csvLine } from '#main/cli/entry-csv.ts';
import { exitCodes } from '#main/cli/exit-code.ts';
import { rowTable } from '#main/cli/row-table.ts';
import type { Command, Run } from '#main/cli/run.ts';
import { safeJson } from '#main/cli/safe-text.ts';
import { readChoice, readWhole, readZone } from '#main/cli/usage.ts';
import { maxPageRows } from '#shared/contract/view.ts';
import { parseSort } from '#shared/contract/view-text.ts';
import { parseQuery } from '#shared/query/parse.ts';
import { type ListingQuestion, listEntries, listRows } from '#shared/rpc/list-entries.ts';
import type { EngineClient } from '#shared/rpc/typed-client.ts';

const formats = ['table', 'ndjson', 'csv'] as const;
/** How many a person is shown unless told otherwise. */
const defaultLimit = 100;

interface QueryWords {
  readonly query: string;
  readonly sort: string;
  readonly limit?: string;
  readonly after?: string;
  readonly count?: boolean;
  readonly format: string;
  readonly zone?: string;
  readonly ignoreAccents?: boolean;
}

type Question = Omit<ListingQuestion, 'limit' | 'after'>;

const count = async ({ terminal, json, signal }: Run, engine: EngineClient, question: Question): Promise<number> => {
  const { query, sort, zone, ignoreAccents } = question;
  const answer = await engine.call(
    'log.count',
    {
      view: {
        query: parseQuery(query),
        sort: parseSort(sort),
        reading: { zone, ignoreAccents },
        newestId: null,
        now: null,
      },
    },
    { signal, onProgress: ({ atLeast }) => terminal.progress(() => `≥ ${terminal.number(atLeast)}`) },
  );
  await terminal.print(`${json ? JSON.stringify({ count: answer.count }) : answer.count}\n`);
  return exitCodes.done;
};

/** Reads page after page, until there are `limit` or no more. */
async function* pages<T extends { readonly next: string | null }>(
  limit: number,
  after: string | null,
  read: (limit: number, after: string | null) => Promise<T>,
  size: (page: T) => number,
): AsyncGenerator<T> {
  let left = limit;
  let next = after;
  while (left > 0) {
    const page = await read(Math.min(left, maxPageRows), next);
    left -= size(page);
    next = page.next;
    yield page;
    if (next === null) return;
  }
}

export const queryCommand: Command<QueryWords> = async (run, words) => {
  const { terminal, say, dataFolder, version, json, signal } = run;
  const format = readChoice(say, '--format', words.format, formats);
  const zone =
    words.zone === undefined ? new Intl.DateTimeFormat().resolvedOptions().timeZone : readZone(say, words.zone);
  const question: Question = {
    query: words.query,
    sort: words.sort,
    zone,
    ignoreAccents: words.ignoreAccents === true,
  };
  // Read before a ledger is opened: what can't be read needs none.
  parseQuery(question.query);
  parseSort(question.sort);
  const stream = format !== 'table' && !json;
  const limit =
    words.limit === undefined
      ? stream
        ? Number.POSITIVE_INFINITY
        : defaultLimit
      : readWhole(say, '--limit', words.limit, 1, Number.MAX_SAFE_INTEGER);

  return withEngine({ dataFolder, demo: false, version, access: 'read' }, 'must exist', async (engine) => {
    const call: EngineClient['call'] = (procedure, input) => engine.call(procedure, input, { signal });
    if (words.count) return count(run, engine, question);
    const start = words.after ?? null;

    if (format === 'table' && !json) {
      const rows = [];
      let total = { atLeast: 0, exact: true };
      const listings = pages(
        limit,
        start,
        (some, after) => listRows(call, { ...question, limit: some, after }),
        (page) => page.rows.length,
      );
      for await (const page of listings) {
        rows.push(...page.rows);
        ({ total } = page);
      }
      if (rows.length === 0) {
        terminal.note(say('noEntries'));
        return exitCodes.done;
      }
      await terminal.print(rowTable(rows, say, zone, terminal.width));
      const values = { shown: terminal.number(rows.length), total: terminal.number(total.atLeast), zone };
      terminal.note(say(total.exact ? 'shown' : 'shownAtLeast', values));
      return exitCodes.done;
    }

    const listings = pages(
      limit,
      start,
      (some, after) => listEntries(call, { ...question, limit: some, after }),
      (page) => page.entries.length,
    );
    if (json) {
      const rows = [];
      let last: { next: string | null; total: unknown } = { next: null, total: { atLeast: 0, exact: true } };
      for await (const page of listings) {
        rows.push(...page.entries);
        last = page;
      }
      await terminal.print(`${safeJson({ rows, next: last.next, total: last.total })}\n`);
      return exitCodes.done;
    }
    if (format === 'csv') await terminal.print(csvHead);
    for await (const { entries } of listings) {
      const lines = entries.map(format === 'csv' ? csvLine : (entry) => `${safeJson(entry)}\n`);
      if (lines.length > 0) await terminal.print(lines.join(''));
    }
    return exitCodes.done;
  });
};

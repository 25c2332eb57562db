import Database from 'better-sqlite3';
import type { InputOf, OutputOf } from '#shared/contract/procedures.ts';
import { openBenchEngine } from './bench-engine.ts';
import { costOf, costOfAsync, spreadOf } from './measures.ts';
import type { BenchReport, Figure } from './report.ts';
import { bytesOf, type Trail } from './trail.ts';

type Question = InputOf<'statistics.read'>;

/** So much is «in milliseconds» for a click. */
const goal = 50;

interface Asked {
  readonly what: string;
  readonly question: Question;
  /** The bare way: rows of the keys, as `statistics.read` writes them, and a count. */
  readonly sql: string;
}

const dayText = "strftime('%Y-%m-%d', occurred_at / 1000000, 'unixepoch')";
const userText = 'coalesce(actor.login, actor.email, actor.name, actor.actor_id)';
const moduleText = "coalesce(module.number || '', module.name)";

const everything: Question = {
  from: null,
  to: null,
  users: null,
  events: null,
  modules: null,
  by: [],
  limit: 10_000,
};

/** Names after counting: the bare way is not made to join ten million times. */
const named = (columns: string, codes: string, where: string, joins: string): string =>
  `SELECT ${columns}, sum(n) FROM (SELECT ${codes}, count(*) AS n FROM entry ${where} GROUP BY ${codes}) AS counted
   ${joins} GROUP BY ${columns}`;
const users = 'LEFT JOIN actor ON actor.id = counted.actor';
const events = 'LEFT JOIN event ON event.id = counted.event';
const modules = 'LEFT JOIN module ON module.id = counted.module';

const chooseQuestions = (db: Database.Database): readonly Asked[] => {
  const busiest = db.prepare(
    'SELECT actor FROM entry WHERE id % 101 = 1 GROUP BY actor ORDER BY count(*) DESC LIMIT 1',
  );
  const code = Number(busiest.pluck().get());
  const login = String(db.prepare(`SELECT ${userText} FROM actor WHERE id = ?`).pluck().get(code));
  const [first, last] = db.prepare(`SELECT min(${dayText}), max(${dayText}) FROM entry`).raw().get() as [
    string,
    string,
  ];
  const middle = (Date.parse(first) + Date.parse(last)) / 2;
  const day = (distance: number): string => new Date(middle + distance * 86_400_000).toISOString().slice(0, 10);
  const [from, to] = [day(-50), day(50)];
  const period = `WHERE occurred_at >= ${Date.parse(from) * 1000} AND occurred_at < ${(Date.parse(to) + 86_400_000) * 1000}`;
  const ofUser = `WHERE actor IN (SELECT id FROM actor WHERE ${userText} = '${login.replaceAll("'", "''")}')`;
  return [
    { what: 'everything, one sum', question: everything, sql: 'SELECT count(*) FROM entry' },
    {
      what: 'by event and module',
      question: { ...everything, by: ['event', 'module'] },
      sql: named(`event.name, ${moduleText}`, 'event, module', '', `${events} ${modules}`),
    },
    { what: 'by user', question: { ...everything, by: ['user'] }, sql: named(userText, 'actor', '', users) },
    {
      what: 'by month',
      question: { ...everything, by: ['month'] },
      sql: `SELECT substr(${dayText}, 1, 7), count(*) FROM entry GROUP BY 1`,
    },
    {
      what: 'by day',
      question: { ...everything, by: ['day'] },
      sql: `SELECT ${dayText}, count(*) FROM entry GROUP BY 1`,
    },
    {
      what: '101 days, by user and event',
      question: { ...everything, from, to, by: ['user', 'event'] },
      sql: named(`${userText}, event.name`, 'actor, event', period, `${users} ${events}`),
    },
    {
      what: 'one user, by month and module',
      question: { ...everything, users: [login], by: ['month', 'module'] },
      sql: `SELECT month, ${moduleText}, sum(n) FROM (
              SELECT substr(${dayText}, 1, 7) AS month, module, count(*) AS n FROM entry ${ofUser} GROUP BY 1, 2
            ) AS counted ${modules} GROUP BY 1, 2`,
    },
  ];
};

/** An answer as sorted lines, whichever way it came. */
const linesOf = (rows: readonly (readonly unknown[])[]): string =>
  rows
    .map((row) => JSON.stringify(row))
    .sort()
    .join('\n');
const ourLines = ({ rows }: OutputOf<'statistics.read'>): string =>
  linesOf(rows.map(({ keys, entries }) => [...keys.map((key) => key?.value ?? null), entries]));

/** `statistics`: sums from the rollups against a GROUP BY over the ledger, and the check that both are the same. */
export const measureStatistics = async (trail: Trail, rounds: number): Promise<BenchReport> => {
  const { dataFolder, ledgerFile, entries } = await trail.dataFolder();
  const db = new Database(ledgerFile, { readonly: true });
  db.pragma('cache_size = -16384');
  db.pragma(`mmap_size = ${2 ** 31 - 65_536}`);
  const engine = await openBenchEngine(dataFolder);
  try {
    const { call } = await engine.signIn();
    // The thread that answers is started by the first question.
    await call('statistics.read', { ...everything, by: ['event'] });
    const figures: Figure[] = [];
    const differences: string[] = [];
    for (const { what, question, sql } of chooseQuestions(db)) {
      const ours: number[] = [];
      const bare: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const found = await costOfAsync(() => call('statistics.read', question));
        const counted = costOf(() => db.prepare(sql).raw().all() as unknown[][]);
        ours.push(found.cost.wall);
        bare.push(counted.cost.wall);
        if (ourLines(found.value) !== linesOf(counted.value)) differences.push(what);
      }
      const [ourSpread, bareSpread] = [spreadOf(ours), spreadOf(bare)];
      figures.push({
        what,
        unit: 'ms',
        ours: ourSpread,
        bare: bareSpread,
        ratio: ourSpread.median / bareSpread.median,
        required: `≤ ${goal} ms`,
        reached: ourSpread.median <= goal,
      });
    }
    const check = await costOfAsync(() => engine.asHost('statistics.check', {}));
    if (check.value.differences > 0) differences.push(`statistics.check: ${JSON.stringify(check.value.first)}`);
    const { wall } = check.cost;
    figures.push({
      what: 'statistics.check',
      unit: 'ms',
      ours: { median: wall, least: wall, most: wall },
      bare: null,
      ratio: null,
      required: null,
      reached: null,
    });
    return {
      bench: 'statistics',
      did: { trail: trail.name, rows: entries, ledgerBytes: bytesOf(ledgerFile), rounds },
      figures,
      differences,
      notes: [
        'ours: statistics.read as a signed-in window asks it; bare: GROUP BY over the codes of the same ledger, names joined afterwards, the file mapped',
      ],
      skipped: null,
    };
  } finally {
    await engine.close();
    db.close();
  }
};

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import type { createFileGrants } from '#main/capture/file-grants.ts';
import { setMembers } from '#main/capture/follow/log-set.ts';
import { findNamedLog } from '#main/capture/follow/named-log.ts';
import { type FollowNews, runFollow } from '#main/capture/follow/run-follow.ts';
import type { EngineConfig } from '#main/engine/config.ts';
import type { HandlersFor } from '#main/engine/context.ts';
import type { LedgerHolder } from '#main/engine/ledger-holder.ts';
import type { Log } from '#main/engine/log.ts';
import type { Desk } from '#main/store/desk.ts';
import type { SqliteLedger } from '#main/store/sqlite/open-ledger.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { type Follow, type FollowOptions, followOptionsSchema } from '#shared/contract/follow.ts';
import { captureSettingsOf } from './capture-handlers.ts';

type FollowProcedure =
  | 'capture.follows'
  | 'capture.follow'
  | 'capture.followNamed'
  | 'capture.followPath'
  | 'capture.pauseFollow'
  | 'capture.unfollow';

const settingKey = 'follows';
const storedFollowSchema = z.object({
  id: z.string(),
  path: z.string(),
  options: followOptionsSchema,
  paused: z.boolean(),
});
type StoredFollow = z.infer<typeof storedFollowSchema>;

const storedFollows = async (desk: Desk): Promise<readonly StoredFollow[]> => {
  const read = z.array(storedFollowSchema).safeParse(await desk.readSetting(settingKey));
  return read.success ? read.data : [];
};

/** The file is a followed log, or one of those into which it was rotated. */
export const isOfFollowedLog = async (desk: Desk, file: string): Promise<boolean> =>
  (await storedFollows(desk)).some(
    ({ path: log }) =>
      path.dirname(log) === path.dirname(file) && setMembers(path.basename(log), [path.basename(file)]).length > 0,
  );

/** What is known of a log before anything was heard of it. */
const noNews: FollowNews = {
  state: 'waiting',
  format: null,
  encoding: null,
  bytes: 0,
  position: 0,
  lag: 0,
  rate: 0,
  read: 0,
  stored: 0,
  duplicates: 0,
  rejected: 0,
  rejectsFile: null,
  lastLineAt: null,
  gaps: 0,
  torn: null,
  error: null,
};

/** A pause ends one reading of a log and begins another: what is told counts over both. */
const addNews = (before: FollowNews, news: FollowNews): FollowNews => ({
  ...news,
  read: before.read + news.read,
  stored: before.stored + news.stored,
  duplicates: before.duplicates + news.duplicates,
  rejected: before.rejected + news.rejected,
  rejectsFile: news.rejectsFile ?? before.rejectsFile,
  lastLineAt: news.lastLineAt ?? before.lastLineAt,
});

interface Running {
  news: FollowNews;
  readonly end: () => Promise<void>;
}

/**
 * Handlers for the logs of other programs that are followed. Only an engine on duty also follows them; `onFollowed` is told
 * how many these are, without those that are paused.
 */
export const createFollowHandlers = (
  holder: LedgerHolder,
  grants: ReturnType<typeof createFileGrants>,
  log: Log,
  { onDuty = false, followIn = [] }: Pick<EngineConfig, 'onDuty' | 'followIn'>,
  onFollowed: (count: number) => void,
): HandlersFor<FollowProcedure> & { readonly close: () => Promise<void> } => {
  let open: {
    readonly ledger: SqliteLedger;
    readonly running: Map<string, Running>;
    /** What was told last of those that are paused. */
    readonly paused: Map<string, FollowNews>;
  } | null = null;
  /** Starts, ends and changes come one after the other. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const deskOf = (ledger: SqliteLedger): Desk => {
    if (ledger.desk === null) throw new BitacoraError('ledger_read_only', { path: ledger.file });
    return ledger.desk;
  };

  const startOne = async (
    ledger: SqliteLedger,
    { id, path: file, options }: StoredFollow,
    before: FollowNews,
  ): Promise<Running> => {
    const dataFolder = path.dirname(ledger.file);
    const setup = {
      task: { id, path: file, options },
      rejectsFolder: path.join(dataFolder, 'rejects'),
      dataFolder,
      secretKeys: (await captureSettingsOf(deskOf(ledger))).secretKeys,
    };
    let stored = 0;
    const running: Running = {
      news: addNews(before, noNews),
      end: runFollow(
        setup,
        await ledger.connectWriter(),
        (news) => {
          running.news = addNews(before, news);
          if (news.stored === stored) return;
          ({ stored } = news);
          ledger.written();
          holder.changed();
        },
        (bug) => {
          const error = new BitacoraError('internal', { reference: log.bug(bug, { during: 'following a log' }) });
          running.news = { ...running.news, state: 'failed', error: error.toWire() };
        },
      ),
    };
    return running;
  };

  /** Makes what runs agree with what is set. */
  const settle = async (): Promise<void> => {
    const ledger = holder.orNull();
    if (open && open.ledger !== ledger) {
      const { running } = open;
      open = null;
      onFollowed(0);
      await Promise.all([...running.values()].map(({ end }) => end()));
    }
    if (!ledger?.desk || !onDuty) return;
    open ??= { ledger, running: new Map(), paused: new Map() };
    const present = await storedFollows(ledger.desk);
    const wanted = present.filter(({ paused }) => !paused);
    onFollowed(wanted.length);
    for (const [id, running] of [...open.running]) {
      if (wanted.some((follow) => follow.id === id)) continue;
      open.running.delete(id);
      await running.end();
      open.paused.set(id, running.news);
    }
    for (const id of [...open.paused.keys()]) {
      if (!present.some((follow) => follow.id === id)) open.paused.delete(id);
    }
    for (const follow of wanted) {
      const { id } = follow;
      if (open.running.has(id)) continue;
      open.running.set(id, await startOne(ledger, follow, open.paused.get(id) ?? noNews));
      open.paused.delete(id);
    }
  };
  const forget = holder.onChange(() => {
    if (holder.orNull() === (open?.ledger ?? null)) return;
    inTurn(settle).catch((error: unknown) => log.bug(error, { during: 'starting to follow logs' }));
  });

  const describe = ({ id, path: file, options, paused }: StoredFollow): Follow => {
    const news = open?.running.get(id)?.news ?? open?.paused.get(id) ?? noNews;
    return { id, path: file, options, ...news, state: paused ? 'paused' : news.state };
  };
  const change = (
    work: (follows: readonly StoredFollow[]) => readonly StoredFollow[],
  ): Promise<readonly StoredFollow[]> =>
    inTurn(async () => {
      const desk = deskOf(holder.current());
      const follows = work(await storedFollows(desk));
      await desk.writeSetting(settingKey, follows);
      await settle();
      return follows;
    });
  const existing = (follows: readonly StoredFollow[], id: string): StoredFollow => {
    const found = follows.find((follow) => follow.id === id);
    if (!found) throw new BitacoraError('not_found', { what: id });
    return found;
  };

  const add = async (given: string, options: FollowOptions): Promise<Follow> => {
    await holder.ensure();
    const file = path.resolve(given);
    const desk = deskOf(holder.current());
    const set = await desk.readSetting('logFolder');
    const own = [path.join(path.dirname(holder.current().file), 'logs'), ...(typeof set === 'string' ? [set] : [])];
    if (own.includes(path.dirname(file))) throw new BitacoraError('follow_own', { path: file });
    const follows = await change((present) =>
      present.some((follow) => follow.path === file)
        ? present
        : [...present, { id: randomUUID(), path: file, options, paused: false }],
    );
    const added = follows.find((follow) => follow.path === file);
    if (!added) throw new BitacoraError('not_found', { what: file });
    return describe(added);
  };

  return {
    'capture.follows': async () => ({
      follows: (await storedFollows(deskOf(holder.current()))).map(describe),
      namedIn: [...followIn],
    }),
    'capture.follow': ({ grant, options }) => add(grants.pathOf(grant), options),
    'capture.followNamed': async ({ path: given, options }) => add(await findNamedLog(given, followIn), options),
    'capture.followPath': ({ path: file, options }) => add(file, options),
    'capture.pauseFollow': async ({ id, paused }) => {
      await change((follows) => {
        const found = existing(follows, id);
        return follows.map((follow) => (follow === found ? { ...follow, paused } : follow));
      });
      return {};
    },
    'capture.unfollow': async ({ id }) => {
      await change((follows) => {
        const found = existing(follows, id);
        return follows.filter((follow) => follow !== found);
      });
      return {};
    },
    close: async () => {
      forget();
      await inTurn(async () => {
        const running = open?.running;
        open = null;
        await Promise.all([...(running?.values() ?? [])].map(({ end }) => end()));
      });
    },
  };
};

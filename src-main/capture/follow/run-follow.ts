import type { MessagePort } from 'node:worker_threads';
import { ThreadClient } from '#main/store/threads/thread-client.ts';
import { threadFile } from '#main/store/threads/thread-file.ts';
import type { Follow } from '#shared/contract/follow.ts';
import type { FollowThreadSetup } from './follow.thread.ts';

/** What is told of a followed log: all but what is set. */
export type FollowNews = Omit<Follow, 'id' | 'path' | 'options'>;

/**
 * Follows a log in a thread of its own until the answer is called, which waits for its end. `onNews` gets what there is to
 * tell, a few times a second; `onBug` what ended it.
 */
export const runFollow = (
  setup: Omit<FollowThreadSetup, 'writer'>,
  writer: MessagePort,
  onNews: (news: FollowNews) => void,
  onBug: (error: unknown) => void,
): (() => Promise<void>) => {
  let ended = false;
  const fail = (error: unknown): void => {
    if (!ended) onBug(error);
    ended = true;
  };
  const thread = new ThreadClient(threadFile(import.meta.url, 'follow'), { ...setup, writer }, fail, [writer]);
  thread.call('follow', null, { onProgress: (news) => onNews(news as FollowNews) }).catch(fail);
  return async () => {
    ended = true;
    await thread.close();
  };
};

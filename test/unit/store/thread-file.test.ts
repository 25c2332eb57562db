import { expect, test } from 'vitest';
import { threadFile } from '#main/store/threads/thread-file.ts';

test('a thread’s file is beside its starter: the source from sources, the bundle from the build', () => {
  expect(threadFile('file:///a/src-main/store/sqlite/pool.ts', 'reader').href).toBe(
    'file:///a/src-main/store/sqlite/reader.thread.ts',
  );
  expect(threadFile('file:///a/dist/main/pool-Ab3.js', 'reader').href).toBe('file:///a/dist/main/reader.thread.js');
});

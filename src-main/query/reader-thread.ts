import { threadFile } from '#main/store/threads/thread-file.ts';

/** The entry file of the threads that answer queries. */
export const readerThread = threadFile(import.meta.url, 'reader');

import { open, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { LoggedEntry } from './rotating-log.ts';

const positionFile = (folder: string): string => path.join(folder, 'log-files.json');

/** The entry up to which every log file is complete, as it was noted in the log folder; null when nothing was. */
export const readLogPosition = async (folder: string): Promise<LoggedEntry | null> => {
  try {
    const { id, eventId } = JSON.parse(await readFile(positionFile(folder), 'utf8')) as Partial<LoggedEntry>;
    return Number.isSafeInteger(id) && typeof eventId === 'string' ? { id: id as number, eventId } : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
};

/** On disk, whole, when the promise resolves. */
export const writeLogPosition = async (folder: string, { id, eventId }: LoggedEntry): Promise<void> => {
  const file = positionFile(folder);
  const draft = `${file}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ id, eventId })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
};

/** Throws what the file system says when one is there and stays. */
export const forgetLogPosition = async (folder: string): Promise<void> => {
  try {
    await unlink(positionFile(folder));
  } catch (error) {
    // There is none, or not even a folder that it could be in.
    if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
};

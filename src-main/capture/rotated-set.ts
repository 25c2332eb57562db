import { glob, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BitacoraError } from '#shared/contract/errors.ts';

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * The files of a rotated log, oldest first: for `logs/audit.log` that is `audit.log.10 … audit.log.1, audit.log`, packed
 * ones (`audit.log.3.gz`) in their places. Any other file stands for itself, and a pattern (`logs/*.log`) for what it
 * matches, by name. Throws `file_not_found` when there is nothing.
 */
export const expandRotatedSet = async (path: string): Promise<string[]> => {
  if (/[*?]/.test(basename(path)) && !(await listNames(dirname(path))).includes(basename(path))) {
    const found: string[] = [];
    for await (const match of glob(path)) found.push(match);
    if (found.length === 0) throw new BitacoraError('file_not_found', { path });
    return sortRotated(found);
  }
  const pattern = new RegExp(`^${escapeRegExp(basename(path))}(?:\\.(\\d{1,6})(?:\\.gz)?)?$`);
  const names = (await listNames(dirname(path))).filter((name) => pattern.test(name));
  // Without the file itself nothing says that its name is that of a set: the reader will tell that it is missing.
  if (!names.includes(basename(path))) return [path];
  return sortRotated(names.map((name) => join(dirname(path), name)));
};

const listNames = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};

/** By name, and within one name from the highest number (the oldest) down to the file without one. */
const sortRotated = (paths: readonly string[]): string[] =>
  paths
    .map((path) => {
      const match = /^(.*?)(?:\.(\d{1,6})(?:\.gz)?)?$/s.exec(path);
      return { path, base: match?.[1] ?? path, age: Number(match?.[2] ?? 0) };
    })
    .sort((a, b) => (a.base === b.base ? b.age - a.age : a.base < b.base ? -1 : 1))
    .map(({ path }) => path);

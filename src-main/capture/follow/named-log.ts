import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { BitacoraError } from '#shared/contract/errors.ts';

const isIn = (folder: string, file: string): boolean => {
  const way = path.relative(folder, file);
  return way !== '' && !path.isAbsolute(way) && way.split(path.sep)[0] !== '..';
};

/**
 * The log that somebody named who does not sit at this machine: a file that can be read, in one of the folders, also after
 * its links are followed. Throws `path_relative`, `follow_outside`, which says nothing of what is out there,
 * `file_not_found`, `file_unreadable`.
 */
export const findNamedLog = async (given: string, folders: readonly string[]): Promise<string> => {
  if (!path.isAbsolute(given)) throw new BitacoraError('path_relative', { path: given });
  const file = path.resolve(given);
  const outside = (): BitacoraError => new BitacoraError('follow_outside', { folders: folders.join(', ') || '—' });
  if (!folders.some((folder) => isIn(folder, file))) throw outside();
  try {
    const real = await realpath(file);
    const places = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
    if (!places.some((place) => isIn(place, real))) throw outside();
    if (!(await stat(real)).isFile()) throw new BitacoraError('file_not_found', { path: file });
    await access(real, constants.R_OK);
  } catch (error) {
    if (error instanceof BitacoraError) throw error;
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new BitacoraError('file_not_found', { path: file });
    throw new BitacoraError('file_unreadable', { path: file, reason: code }, { cause: error });
  }
  return file;
};

import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import { BitacoraError } from '#shared/contract/errors.ts';

export interface FileGrant {
  readonly grant: string;
  readonly name: string;
  readonly bytes: number;
}

/** Grants that are remembered; the oldest is forgotten first. */
const mostGrants = 1000;

/** Files that a person chose, by a name that only says «that file»: windows never see or say paths. */
export const createFileGrants = () => {
  const paths = new Map<string, string>();
  return {
    /** Throws `file_not_found`. */
    give: (file: string): FileGrant => {
      const resolved = path.resolve(file);
      let bytes: number;
      try {
        const found = statSync(resolved);
        if (!found.isFile()) throw new BitacoraError('file_not_found', { path: file });
        bytes = found.size;
      } catch (error) {
        if (error instanceof BitacoraError) throw error;
        throw new BitacoraError('file_not_found', { path: file }, { cause: error });
      }
      const grant = randomUUID();
      paths.set(grant, resolved);
      const [oldest] = paths.keys();
      if (paths.size > mostGrants && oldest !== undefined) paths.delete(oldest);
      return { grant, name: path.basename(resolved), bytes };
    },
    /** Throws `not_found` for a grant that was never given. */
    pathOf: (grant: string): string => {
      const found = paths.get(grant);
      if (found === undefined) throw new BitacoraError('not_found', { what: 'grant' });
      return found;
    },
  };
};

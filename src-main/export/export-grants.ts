import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { BitacoraError } from '#shared/contract/errors.ts';

/** Grants that are remembered; the oldest is forgotten first. */
const mostGrants = 1000;

/** Places where a person lets a document be written, by a name that is good for one export: windows never see or say paths. */
export const createExportGrants = () => {
  const paths = new Map<string, string>();
  return {
    give: (file: string): { readonly grant: string; readonly name: string } => {
      const resolved = path.resolve(file);
      const grant = randomUUID();
      paths.set(grant, resolved);
      const [oldest] = paths.keys();
      if (paths.size > mostGrants && oldest !== undefined) paths.delete(oldest);
      return { grant, name: path.basename(resolved) };
    },
    /** Throws `not_found` for a grant that was never given or has been used. */
    use: (grant: string): string => {
      const found = paths.get(grant);
      if (found === undefined) throw new BitacoraError('not_found', { what: 'grant' });
      paths.delete(grant);
      return found;
    },
  };
};

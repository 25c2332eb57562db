import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Where half-made documents stand, noted in the ledger's folder before they are begun: a program that is killed can't
 * take them away, and whoever opens the ledger next does.
 */
const notesFolder = (ledgerFolder: string): string => path.join(ledgerFolder, 'exports');
const notePattern = /^[0-9a-f]{12}\.json$/;
const partialPattern = /^\.bitacora-([0-9a-f]{12})\.partial$/;

export interface NotedPartial {
  /** Where the document is written until it takes its place. */
  readonly path: string;
  /** To be called when nothing of that name stands there any more. */
  forget(): Promise<void>;
}

/** Names a half-made document beside `target` and notes it; the note is on disk when the promise resolves. */
export const notePartial = async (ledgerFolder: string, target: string): Promise<NotedPartial> => {
  const id = randomBytes(6).toString('hex');
  // A short name: one that is almost too long must not become too long by what is added to it.
  const partial = path.join(path.dirname(target), `.bitacora-${id}.partial`);
  const note = path.join(notesFolder(ledgerFolder), `${id}.json`);
  await mkdir(notesFolder(ledgerFolder), { recursive: true, mode: 0o700 });
  const handle = await open(note, 'wx', 0o600);
  try {
    await handle.writeFile(JSON.stringify({ path: partial }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { path: partial, forget: () => rm(note, { force: true }) };
};

/** The half-made document that a note tells of; null when the note itself was never finished, before any document began. */
const partialOf = async (note: string, id: string): Promise<string | null> => {
  try {
    const { path: partial } = JSON.parse(await readFile(note, 'utf8')) as { path?: unknown };
    if (typeof partial !== 'string' || !path.isAbsolute(partial)) return null;
    // Nothing but what an export named so itself is ever taken away.
    return partialPattern.exec(path.basename(partial))?.[1] === id ? partial : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

/**
 * Takes away what exports of a ledger left half-made when their program was killed; to be called by the one who has just
 * opened the ledger for writing. A document that can't be taken away now stays noted. Answers with what was taken away.
 */
export const clearPartials = async (
  ledgerFolder: string,
  onFault: (error: unknown) => void,
): Promise<readonly string[]> => {
  const folder = notesFolder(ledgerFolder);
  const cleared: string[] = [];
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') onFault(error);
    return [];
  });
  for (const name of names) {
    if (!notePattern.test(name)) continue;
    const note = path.join(folder, name);
    try {
      const partial = await partialOf(note, path.basename(name, '.json'));
      if (partial !== null) {
        await rm(partial, { force: true });
        cleared.push(partial);
      }
      await rm(note);
    } catch (error) {
      onFault(error);
    }
  }
  return cleared;
};

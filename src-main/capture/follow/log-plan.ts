import path from 'node:path';
import { FileSource } from '#main/capture/file-source.ts';
import { planFile } from '#main/capture/plan-file.ts';
import { BitacoraError, isBitacoraError } from '#shared/contract/errors.ts';
import type { FollowOptions } from '#shared/contract/follow.ts';
import type { FollowCheckpoint } from './follow-checkpoint.ts';
import type { PartFile } from './part-file.ts';

/** A first line is looked for in so much of a file. */
const seenForPlan = 256 * 1024;
const lineFeed = 10;

/** A log to follow. */
export interface FollowTask {
  readonly id: string;
  /** Full path of the log. */
  readonly path: string;
  readonly options: FollowOptions;
}

/**
 * How a log is read: decided once, by its oldest part, and kept, so that no line becomes something else after a restart.
 * Null while no part has a whole line. Throws `follow_format` for what is no log of JSON lines.
 */
export const planLog = async (
  { options, path: log }: FollowTask,
  files: readonly PartFile[],
): Promise<FollowCheckpoint['plan']> => {
  const first = files.find((file) => file.packed || file.read(0, seenForPlan).includes(lineFeed));
  if (!first) return null;
  const source = await FileSource.open(path.join(path.dirname(log), first.name));
  try {
    const plan = await planFile(source, { ...options, format: null, delimiter: null });
    const { shape, encoding, dateOrder, columnNames } = plan;
    if (shape !== 'ndjson' || (encoding !== 'utf-8' && encoding !== 'latin1')) {
      throw new BitacoraError('follow_format', { path: log });
    }
    return { encoding, dateOrder, columnNames: [...columnNames] };
  } catch (error) {
    const unknown = ['import_unknown_format', 'import_binary', 'import_empty'] as const;
    if (unknown.some((code) => isBitacoraError(error, code))) throw new BitacoraError('follow_format', { path: log });
    throw error;
  } finally {
    await source.close();
  }
};

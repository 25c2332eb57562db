import { BitacoraError } from '#shared/contract/errors.ts';

/** What keeps a log file from being written, for people; what is no fault of the file system stays as it is. */
export const asLogFault = (error: unknown): unknown => {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return error;
  const { code, path = '' } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new BitacoraError('log_disk_full', {}, { cause: error });
  return new BitacoraError('log_unwritable', { path, reason: code ?? '' }, { cause: error });
};

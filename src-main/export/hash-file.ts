import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { throwIfCancelled } from '#shared/contract/errors.ts';

const chunkBytes = 4 * 1024 * 1024;

/** SHA-256 of a file as it is on the disk, hexadecimal. */
export const hashFile = async (file: string, signal: AbortSignal): Promise<string> => {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const handle = await open(file, 'r');
  try {
    for (;;) {
      throwIfCancelled(signal);
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
};

import { createReadStream } from 'node:fs';
import path from 'node:path';
import { throwIfCancelled } from '#shared/contract/errors.ts';
import { PartialFile } from './partial-file.ts';
import { createZipWriter } from './zip-writer.ts';

/**
 * Puts finished documents into one ZIP file, for whoever can only be sent one. Throws `file_unwritable`,
 * `export_disk_full`, `export_too_large`; then nothing is left.
 */
export const bundleFiles = async (
  files: readonly string[],
  target: string,
  { ledgerFolder, signal, ms }: { readonly ledgerFolder: string; readonly signal: AbortSignal; readonly ms: number },
): Promise<{ readonly bytes: number; readonly sha256: string }> => {
  const partial = await PartialFile.begin(target, ledgerFolder);
  try {
    const zip = createZipWriter((bytes) => partial.write(bytes), ms);
    for (const file of files) {
      throwIfCancelled(signal);
      await zip.add(path.basename(file), createReadStream(file, { signal }) as AsyncIterable<Buffer>);
    }
    await zip.end();
    const sha256 = await partial.finish();
    throwIfCancelled(signal);
    await partial.place();
    return { bytes: partial.bytes, sha256 };
  } catch (error) {
    await partial.discard();
    throwIfCancelled(signal);
    throw error;
  }
};

import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';

const pieceBytes = 1 << 22;

const readThrough = async (file: string): Promise<void> => {
  const handle = await open(file);
  try {
    const piece = Buffer.allocUnsafe(pieceBytes);
    while ((await handle.read(piece, 0, pieceBytes, null)).bytesRead > 0);
  } finally {
    await handle.close();
  }
};

/**
 * Reads files, and those in folders, once from end to end, so that the system has them in its cache for whoever is
 * measured. A system may take pages that nobody reads out of it within minutes.
 */
export const warmFiles = async (paths: readonly string[]): Promise<void> => {
  for (const one of paths) {
    const found = await stat(one);
    if (found.isFile()) await readThrough(one);
    if (!found.isDirectory()) continue;
    for (const entry of await readdir(one, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) await readThrough(path.join(entry.parentPath, entry.name));
    }
  }
};

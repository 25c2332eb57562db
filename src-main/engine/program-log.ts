import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { EngineConfig } from './config.ts';
import { createLog, type Log } from './log.ts';

/** The log begins anew at this size; the one before is kept. */
const mostBytes = 5 * 1024 * 1024;

/**
 * The program's own log in the data folder, `logs/bitacora.log`. A folder that can't be written to (or does not exist
 * yet: looking must not make it) gets its log on standard error.
 */
export const openProgramLog = (config: EngineConfig): { readonly log: Log; close(): void } => {
  let handle: number | null = null;
  const open = (): number | null => {
    if (handle !== null) return handle;
    if (config.access === 'read' || !existsSync(config.dataFolder)) return null;
    const file = path.join(config.dataFolder, 'logs', 'bitacora.log');
    try {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      if (existsSync(file) && statSync(file).size > mostBytes) renameSync(file, `${file}.1`);
      handle = openSync(file, 'a', 0o600);
    } catch {
      // Said below, on standard error: the log is not worth failing for.
      handle = null;
    }
    return handle;
  };
  const log = createLog((line) => {
    const file = open();
    if (file === null) process.stderr.write(line);
    else writeSync(file, line);
  });
  return {
    log,
    close: () => {
      if (handle !== null) closeSync(handle);
      handle = null;
    },
  };
};

import { homedir } from 'node:os';
import path from 'node:path';

export interface EngineConfig {
  readonly dataFolder: string;
  /** Opens the demo ledger inside the data folder instead of the folder's own. */
  readonly demo: boolean;
  readonly version: string;
  /** `read` takes no lock and changes nothing: for looking at a ledger that a window may have open. */
  readonly access: 'write' | 'read';
  /** A window is about to ask: readers are started and filled while its page loads. */
  readonly forWindow?: boolean;
  /** It stays: it writes the log files and follows logs, which a command that is done in a moment leaves alone. */
  readonly onDuty?: boolean;
  /** Full paths of folders whose logs a window may name to have them followed; none by default. */
  readonly followIn?: readonly string[];
}

/** The platform's per-user place for application data. */
export const defaultDataFolder = (platform: NodeJS.Platform = process.platform, env = process.env): string => {
  const home = homedir();
  switch (platform) {
    case 'win32':
      return path.join(env.APPDATA ?? path.join(home, 'AppData', 'Roaming'), 'Bitacora');
    case 'darwin':
      return path.join(home, 'Library', 'Application Support', 'Bitacora');
    default:
      return path.join(env.XDG_DATA_HOME ?? path.join(home, '.local', 'share'), 'bitacora');
  }
};

export const demoFolder = (dataFolder: string): string => path.join(dataFolder, 'demo');

/**
 * What the engine's process starts with. glibc raises the size from which a buffer has pages of its own by what was given
 * back last; where it stays at its first value (bytes), buffers that came and went leave no holes behind in the memory
 * of each thread: a tenth of all that the engine holds at ten million entries. Other systems don't know the name.
 */
export const engineEnvironment = (env = process.env): NodeJS.ProcessEnv => ({
  MALLOC_MMAP_THRESHOLD_: '131072',
  ...env,
});

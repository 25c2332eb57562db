import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { engineArguments, forkEngine } from '#main/engine/process/engine-process.ts';
import { superviseEngine } from '#main/engine/process/engine-supervisor.ts';
import { type CallOptions, createRpcClient } from '#shared/rpc/client.ts';
import type { Call } from './bench-engine.ts';

const builtEngine = fileURLToPath(new URL('../dist/main/engine.js', import.meta.url));

export const isEngineBuilt = (): boolean => existsSync(builtEngine);

/** The built engine in a process of its own, as a window or `bitacora serve` starts it. */
export interface EngineChild {
  readonly pid: number;
  /** As the shell around the engine, which may do everything. */
  readonly call: Call;
  close(): Promise<void>;
}

/** Resolves once the engine says that it is ready. */
export const startEngineChild = async (dataFolder: string): Promise<EngineChild> => {
  const supervisor = superviseEngine({
    spawn: () => forkEngine(builtEngine, engineArguments({ dataFolder, demo: false, version: '0.0.0' })),
    onCrash: (reason) => process.stderr.write(`the engine ended with ${reason}\n`),
  });
  await new Promise<void>((resolve, reject) => {
    supervisor.onState((state) => (state === 'up' ? resolve() : reject(new Error(`the engine is ${state}`))));
  });
  const { pid } = supervisor;
  if (pid === undefined) throw new Error('the engine has no process');
  const client = createRpcClient(supervisor.connect('host'));
  // The engine answers and reports by the types of the contract.
  const call: Call = (procedure, input, options) =>
    client.call(procedure, input, options as CallOptions) as Promise<never>;
  return { pid, call, close: () => supervisor.close() };
};

/** Bytes of a process that are in memory: all, its own, pages of files, and the most there ever were. */
export interface Memory {
  readonly all: number;
  readonly own: number;
  readonly files: number;
  readonly peak: number;
}

/** As Linux tells it; null elsewhere. */
export const memoryOf = (pid: number): Memory | null => {
  if (process.platform !== 'linux') return null;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { all: bytes('VmRSS'), own: bytes('RssAnon'), files: bytes('RssFile'), peak: bytes('VmHWM') };
};

/** Several measurements of the same thing, in one unit. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The value below which a share of the measurements lies (nearest rank); `share` from 0 to 1. */
export const percentile = (values: readonly number[], share: number): number => {
  const ascending = [...values].sort((a, b) => a - b);
  const rank = Math.max(0, Math.ceil(share * ascending.length) - 1);
  const found = ascending[rank];
  if (found === undefined) throw new Error('no measurements');
  return found;
};

export const median = (values: readonly number[]): number => {
  const ascending = [...values].sort((a, b) => a - b);
  const upper = ascending[ascending.length >> 1];
  const lower = ascending[(ascending.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new Error('no measurements');
  return (lower + upper) / 2;
};

export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
});

/** What a piece of work took: wall time, and processor time of all threads of this process. Milliseconds. */
export interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

const cpuSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

export const costOf = <T>(work: () => T): { readonly value: T; readonly cost: Cost } => {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const value = work();
  return { value, cost: { wall: performance.now() - began, cpu: cpuSince(cpu) } };
};

export const costOfAsync = async <T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly cost: Cost }> => {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const value = await work();
  return { value, cost: { wall: performance.now() - began, cpu: cpuSince(cpu) } };
};

import type { BenchReport } from './report.ts';
import type { Trail } from './trail.ts';
export const measurePage = async (_t: Trail, _r: number): Promise<BenchReport> => { throw new Error('not yet'); };

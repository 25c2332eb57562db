import path from 'node:path';
import { openBenchEngine } from './bench-engine.ts';
import { having } from './filters.ts';
import { makeFlatTable, openFlatTable } from './flat-table.ts';
import { readWords, type Term, termsOf, wordsOf } from './terms.ts';
import type { Trail } from './trail.ts';
import { viewOf } from './views.ts';
import { warmFiles } from './warm-files.ts';

/** What benches that ask questions share in a run: the ledger, the same entries as a flat table, and what to look for. */
export interface Ground {
  readonly dataFolder: string;
  readonly ledgerFile: string;
  readonly entries: number;
  readonly flatFile: string;
  readonly terms: readonly Term[];
  /** Different words of the trail, frequent and rare ones mixed. */
  readonly words: readonly string[];
}

const made = new WeakMap<Trail, Promise<Ground>>();

const make = async (trail: Trail): Promise<Ground> => {
  const { dataFolder, ledgerFile, entries } = await trail.dataFolder();
  const flatFile = path.join(await trail.folder(), 'flat.db');
  makeFlatTable(ledgerFile, flatFile);
  const flat = openFlatTable(flatFile);
  const engine = await openBenchEngine(dataFolder);
  try {
    // Only to choose: what is chosen is compared with LIKE afterwards.
    const hits = async (text: string, limit: number): Promise<number> => {
      const view = viewOf(having(text).clauses);
      return (await engine.asHost('log.page', { view, start: { position: 0 }, limit })).rows.length;
    };
    const uses = readWords(flat, entries);
    return { dataFolder, ledgerFile, entries, flatFile, terms: await termsOf(uses, hits), words: wordsOf(uses) };
  } finally {
    await engine.close();
    flat.close();
  }
};

/** Made once; read through each time, so that whatever is measured next begins with all files in the system's cache. */
export const groundOf = async (trail: Trail): Promise<Ground> => {
  const known = made.get(trail) ?? make(trail);
  made.set(trail, known);
  const ground = await known;
  await warmFiles([ground.dataFolder, ground.flatFile]);
  return ground;
};

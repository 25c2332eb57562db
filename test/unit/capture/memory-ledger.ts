import type { ImportLedger, StoreBatch } from '#main/store/import-ledger.ts';
import type { NewEntry } from '#main/store/new-entry.ts';

/**
 * A ledger that keeps what it is given in memory and holds the promises of `ImportLedger`: nothing twice, a batch and
 * its checkpoint together, the checkpoint of an unfinished import given back. `failAfter` makes the append after so many
 * fail with nothing of it stored, as a killed process or a full disk would.
 */
export class MemoryLedger implements ImportLedger {
  readonly entries: NewEntry[] = [];
  readonly #ids = new Set<string>();
  readonly #runs: { fingerprint: string; file: string; checkpoint: string | null; finished: boolean }[] = [];
  /** Appends that are still allowed; then `failure` is thrown. */
  failAfter = Number.POSITIVE_INFINITY;
  failure: Error = new Error('killed');
  appends = 0;
  /** How many appends were under way at once, at most. */
  mostAtOnce = 0;
  #underWay = 0;
  onAppend: () => void = () => undefined;

  async beginImport({ fingerprint, file }: { fingerprint: string; file: string }) {
    const open = this.#runs.findIndex((run) => run.fingerprint === fingerprint && !run.finished);
    if (open >= 0) return { importId: open, checkpoint: JSON.parse(this.#runs[open]?.checkpoint ?? 'null') as unknown };
    this.#runs.push({ fingerprint, file, checkpoint: null, finished: false });
    return { importId: this.#runs.length - 1, checkpoint: null };
  }

  prepare(entries: readonly NewEntry[]): StoreBatch {
    return (progress) => this.#append(entries, progress);
  }

  async #append(entries: readonly NewEntry[], { importId, checkpoint }: Parameters<StoreBatch>[0]) {
    this.#underWay += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay);
    await new Promise((resolve) => setImmediate(resolve));
    this.#underWay -= 1;
    if (this.appends >= this.failAfter) throw this.failure;
    this.appends += 1;
    let stored = 0;
    for (const entry of entries) {
      const id = Buffer.from(entry.eventId).toString('hex');
      if (this.#ids.has(id)) continue;
      this.#ids.add(id);
      this.entries.push(entry);
      stored += 1;
    }
    const run = this.#runs[importId];
    if (run !== undefined) run.checkpoint = JSON.stringify(checkpoint);
    this.onAppend();
    return { stored, duplicates: entries.length - stored };
  }

  async finishImport(importId: number) {
    const run = this.#runs[importId];
    if (run !== undefined) Object.assign(run, { finished: true, checkpoint: null });
  }

  get unfinished(): number {
    return this.#runs.filter((run) => !run.finished).length;
  }
}

/** How often a person is told, in milliseconds. */
const interval = 200;
/** How far back “recent” goes. */
const recent = 3000;

interface Mark {
  readonly at: number;
  readonly rows: number;
  readonly bytes: number;
}

/** The pace of an import over its last seconds. Times are milliseconds of any steady clock. */
export class ImportPace {
  readonly #totalBytes: number;
  #marks: Mark[];

  constructor(start: Mark, totalBytes: number) {
    this.#totalBytes = totalBytes;
    this.#marks = [start];
  }

  /** The pace when it is time to tell it, at most five times a second; otherwise null. */
  tell(now: Mark): { readonly rowsPerSecond: number; readonly remainingSeconds: number | null } | null {
    const last = this.#marks.at(-1);
    if (last !== undefined && now.at - last.at < interval) return null;
    this.#marks.push(now);
    while (this.#marks.length > 2 && (this.#marks[0]?.at ?? 0) < now.at - recent) this.#marks.shift();
    const from = this.#marks[0] ?? now;
    const seconds = (now.at - from.at) / 1000;
    if (seconds <= 0) return { rowsPerSecond: 0, remainingSeconds: null };
    const bytesPerSecond = (now.bytes - from.bytes) / seconds;
    const left = Math.max(0, this.#totalBytes - now.bytes);
    return {
      rowsPerSecond: Math.round((now.rows - from.rows) / seconds),
      remainingSeconds: bytesPerSecond > 0 ? left / bytesPerSecond : null,
    };
  }
}

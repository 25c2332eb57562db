import { type Slot, slots } from './column-names.ts';

/** Each slot's place in a draft. */
export const at = Object.fromEntries(slots.map((slot, place) => [slot, place])) as Readonly<Record<Slot, number>>;

/**
 * What a row has for each slot, while an entry is being made of it. One draft serves all rows, and slots are places in
 * an array: a fresh object with named fields takes three times as long, which is a third of an import.
 */
export class Draft {
  readonly #texts: (string | null)[] = slots.map(() => null);
  #extra: Record<string, unknown> | null = null;

  clear(): void {
    this.#texts.fill(null);
    this.#extra = null;
  }

  get(place: number): string | null {
    return this.#texts[place] ?? null;
  }

  set(place: number, text: string | null): void {
    this.#texts[place] = text;
  }

  /** Sets a slot that is still empty; a different value beside one that is there is kept as extra under `name`. */
  offer(place: number, text: string | null, name: string): void {
    const present = this.get(place);
    if (text === null || text === present) return;
    if (present === null) this.set(place, text);
    else this.keep(name, text);
  }

  /** Keeps beside the entry what no column holds; a name that is taken gets a number. */
  keep(name: string, value: unknown): void {
    this.#extra ??= Object.create(null) as Record<string, unknown>;
    let free = name;
    for (let copy = 2; free in this.#extra; copy += 1) free = `${name} (${copy})`;
    this.#extra[free] = value;
  }

  /** JSON of what was kept, or null. */
  extraJson(): string | null {
    return this.#extra === null ? null : JSON.stringify(this.#extra);
  }
}

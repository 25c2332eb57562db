/** A small cache that keeps what was used last. */
export class Kept<Value> {
  readonly #values = new Map<string, Value>();
  readonly #most: number;
  readonly #dropped: (value: Value) => void;

  /** `dropped` is told of each value that is kept no longer. */
  constructor(most: number, dropped: (value: Value) => void = () => undefined) {
    this.#most = most;
    this.#dropped = dropped;
  }

  get(key: string, make: () => Value): Value {
    const known = this.#values.get(key);
    const value = known ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    while (this.#values.size > this.#most) {
      const [oldest] = this.#values;
      if (oldest === undefined) break;
      this.#values.delete(oldest[0]);
      this.#dropped(oldest[1]);
    }
    return value;
  }
}

/** A small cache that keeps what was used last. */
export class Kept<Value> {
  readonly #values = new Map<string, Value>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string, make: () => Value): Value {
    const known = this.#values.get(key);
    const value = known ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    while (this.#values.size > this.#most) {
      const [oldest] = this.#values.keys();
      if (oldest === undefined) break;
      this.#values.delete(oldest);
    }
    return value;
  }
}

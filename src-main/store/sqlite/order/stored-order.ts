export interface StoredOrder {
  readonly length: number;
  readonly filled: number;
  read(from: number, to: number): Uint32Array;
}

import { blockRows } from './order-file.ts';
import { mostRunRows } from './run-file.ts';

/** Sizes that decide when and in what pieces orders are made; tests take small ones. */
export interface OrderLimits {
  /** Entries in a run at most. */
  readonly runRows: number;
  /** Entries or keys that one step handles at most. */
  readonly stepRows: number;
  /** Entries whose time is looked at in one step, to see whether they came in the order of time. */
  readonly timeRows: number;
  /** Places between two fences at least. */
  readonly stride: (length: number) => number;
  /** Places that are looked at together. */
  readonly blockPlaces: number;
  /** New entries that a question sorts in by itself; more, and it makes the whole order anew. */
  readonly mostNewer: number;
  /** New entries that are worth a kept order's being brought on: when nothing is written, and while entries keep coming. */
  readonly worthQuiet: number;
  readonly worthSteady: number;
  /** New entries from which making an order anew is cheaper than sorting them into it, of so many entries in it. */
  readonly worthAnew: (length: number) => number;
  /** Additions beside a kept order of so many entries that are worth writing it anew with them. */
  readonly worthFolding: (length: number) => number;
}

export const orderLimits: OrderLimits = {
  runRows: mostRunRows / 2,
  stepRows: 8192,
  timeRows: 65_536,
  stride: (length) => Math.max(256, Math.ceil(length / 8192)),
  blockPlaces: blockRows,
  mostNewer: 32_768,
  worthQuiet: 4096,
  worthSteady: 16_384,
  worthAnew: (length) => Math.max(8192, length / 16),
  worthFolding: (length) => Math.max(32_768, length / 32),
};

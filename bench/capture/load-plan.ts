/** What one run of the load generator sends, and where to; its only argument, as JSON. */
export interface LoadPlan {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly token: string;
  readonly connections: number;
  /** Entries a request: 1 is sent as an object, more as a list. */
  readonly batch: number;
  readonly seconds: number;
  /** One entry a line, JSON, without event id and time. */
  readonly entriesFile: string;
  /** The number of the run's first entry. */
  readonly firstNumber: number;
  /** Where the acknowledged entries are written: pairs of little-endian doubles, number and id in the ledger. */
  readonly acknowledgedFile: string;
}

/** What the generator measured, as one line of JSON. */
export interface LoadResult {
  readonly sent: number;
  readonly acknowledged: number;
  /** From the first request to the last answer. */
  readonly milliseconds: number;
  /** Of requests, milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
  /** Processor time of the generator, milliseconds. */
  readonly cpu: number;
}

const counterDigits = 12;

/** The beginning of a UUID of version 7 made at a time; its last twelve digits are the entry's number. */
export const eventIdStart = (at: number): string => {
  const time = Math.floor(at).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-`;
};
export const eventIdEnd = (number: number): string => number.toString(16).padStart(counterDigits, '0');

/** The number in an event id's bytes. */
export const numberOf = (eventId: Uint8Array): number => Buffer.from(eventId).readUIntBE(10, counterDigits / 2);

import { randomBytes } from 'node:crypto';

/** So many ids one seed gives. */
export const idsOfSeed = 4096;

/** What the ids of a batch have in common: whoever works through it, here or there, first or again, gives the same ids. */
export interface IdSeed {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Sixteen hexadecimal digits. */
  readonly random: string;
}

export const newIdSeed = (): IdSeed => {
  const bytes = randomBytes(8);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x80;
  return { at: Date.now(), random: bytes.toString('hex') };
};

/** The place's three digits stand here in each of them. */
export const placeInId = 'tttttttt-tttt-7'.length;

/** UUIDs of version 7 (RFC 9562, section 5.7); `place` goes from 0 to `idsOfSeed` - 1, in the twelve bits after the time. */
export const eventIdsOf = ({ at, random }: IdSeed): ((place: number) => string) => {
  const time = at.toString(16).padStart(12, '0');
  const before = `${time.slice(0, 8)}-${time.slice(8)}-7`;
  const behind = `-${random.slice(0, 4)}-${random.slice(4)}`;
  return (place) => before + place.toString(16).padStart(3, '0') + behind;
};

/** One of them. */
export const eventIdOf = (seed: IdSeed, place: number): string => eventIdsOf(seed)(place);

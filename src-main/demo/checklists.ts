import texts from '#resources/demo/texts.json' with { type: 'json' };
import type { Random } from './random.ts';

/** A form of a work order, kept in one field as JSON: the long values that every real trail has now and then. */
export interface Checklist {
  readonly folio: string;
  readonly puntos: { punto: number; revision: string; cumple: boolean; lectura: string }[];
}

/** Of some hundred points; nearly all forms have far fewer. About 120 characters each. */
const mostPoints = 250;
const usualPoints = 5;

export const makeChecklist = (random: Random, recordKey: string): Checklist => ({
  folio: `LV-${recordKey}`,
  puntos: Array.from({ length: Math.min(mostPoints, Math.floor(usualPoints / random.next() ** 0.6)) }, (_, place) => ({
    punto: place + 1,
    revision: texts.checks[random.below(texts.checks.length)] ?? '',
    cumple: random.next() < 0.8,
    lectura: (random.next() * 200).toFixed(1),
  })),
});

/** Somebody goes over the form: at least one point is another one afterwards. */
export const reviseChecklist = (random: Random, { puntos }: Checklist): void => {
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    const point = puntos[random.below(puntos.length)];
    if (!point) continue;
    // Never back to what it was: readings of one form only rise.
    point.lectura = (Number(point.lectura) + 0.1 + random.next() * 5).toFixed(1);
    point.cumple = random.next() < 0.8;
  }
};

import type { Language } from '#shared/contract/errors.ts';
import type { NumberKey, ValueKey } from '#shared/contract/query.ts';
import { foldAccents } from '#shared/text/fold.ts';

export type TimeKey = 'from' | 'to' | 'date';
export type QueryKey = ValueKey | NumberKey | TimeKey;

/** What a person writes before the colon: the name in each language. Every name is understood in both languages. */
export const keyNames = {
  user: { es: 'usuario', en: 'user' },
  event: { es: 'evento', en: 'event' },
  module: { es: 'modulo', en: 'module' },
  record: { es: 'registro', en: 'record' },
  field: { es: 'campo', en: 'field' },
  target: { es: 'afectacion', en: 'target' },
  action: { es: 'accion', en: 'action' },
  status: { es: 'estado', en: 'status' },
  source: { es: 'origen', en: 'source' },
  from: { es: 'desde', en: 'from' },
  to: { es: 'hasta', en: 'to' },
  date: { es: 'fecha', en: 'date' },
  case: { es: 'caso', en: 'case' },
  tag: { es: 'etiqueta', en: 'tag' },
  id: { es: 'id', en: 'id' },
} as const satisfies Record<QueryKey, Record<Language, string>>;

const keyOfName = new Map<string, QueryKey>();
for (const [key, names] of Object.entries(keyNames)) {
  keyOfName.set(names.es, key as QueryKey);
  keyOfName.set(names.en, key as QueryKey);
}

/** The key that `name` means, ignoring case and accents. */
export const findKey = (name: string): QueryKey | null => keyOfName.get(foldAccents(name)) ?? null;

/** Edits between two words: a letter more, less or other, or two neighbours swapped (optimal string alignment). */
const editDistance = (a: string, b: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
};

/**
 * The known name that `name` is most likely a slip of, or null. Cautious, since any `word:rest` is also a text that
 * people search for: one edit from five letters on, two when both have eight, or a plural.
 */
export const nearestKeyName = (name: string): string | null => {
  const folded = foldAccents(name);
  if (folded.length > 14) return null;
  let nearest: string | null = null;
  let smallest = 3;
  for (const known of keyOfName.keys()) {
    if (folded === `${known}s`) return known;
    const allowed = Math.min(folded.length, known.length) >= 8 ? 2 : folded.length >= 5 && known.length >= 4 ? 1 : 0;
    const distance = allowed === 0 ? 3 : editDistance(folded, known);
    if (distance <= allowed && distance < smallest) {
      smallest = distance;
      nearest = known;
    }
  }
  return nearest;
};

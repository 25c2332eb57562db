import type { PaletteAction } from '#renderer/palette/actions.ts';

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** The actions in whose texts every typed word occurs, case and accents aside; those that begin with it first. */
export const matchActions = (actions: readonly PaletteAction[], typed: string): readonly PaletteAction[] => {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return actions;
  const hits = actions.filter((action) => {
    const text = fold(`${action.label} ${action.detail ?? ''} ${action.keywords ?? ''}`);
    return words.every((word) => text.includes(word));
  });
  const begins = (action: PaletteAction): boolean => fold(action.label).startsWith(words[0] ?? '');
  return [...hits.filter(begins), ...hits.filter((action) => !begins(action))];
};

/** The entry that a typed number names: `214907`, `214 907`, `#214907`; null for anything else. */
export const typedEntryId = (typed: string): number | null => {
  const digits = typed.replace(/^\s*#/, '').replace(/[\s.,]/g, '');
  const id = /^\d{1,15}$/.test(digits) ? Number(digits) : 0;
  return id > 0 ? id : null;
};

/** A view that somebody gave a name. */
export interface SavedView {
  readonly name: string;
  /** As an address keeps it (`log-state.ts`). */
  readonly state: string;
  /** Starred ones come first. */
  readonly starred: boolean;
  /** The window opens with it; at most one. */
  readonly start: boolean;
}
export type SavedViews = readonly SavedView[];

const isSavedView = (value: unknown): value is SavedView => {
  if (typeof value !== 'object' || value === null) return false;
  const { name, state, starred, start } = value as Record<string, unknown>;
  return (
    typeof name === 'string' && typeof state === 'string' && typeof starred === 'boolean' && typeof start === 'boolean'
  );
};
export const isSavedViews = (value: unknown): value is SavedViews => Array.isArray(value) && value.every(isSavedView);

/** Keeps a state under a name; a view of that name is replaced, and stays starred or the start view. */
export const saveView = (views: SavedViews, name: string, state: string): SavedViews =>
  views.some((view) => view.name === name)
    ? views.map((view) => (view.name === name ? { ...view, state } : view))
    : [...views, { name, state, starred: false, start: false }];

export const deleteView = (views: SavedViews, name: string): SavedViews => views.filter((view) => view.name !== name);

export const starView = (views: SavedViews, name: string): SavedViews =>
  views.map((view) => (view.name === name ? { ...view, starred: !view.starred } : view));

/** Makes a view the one that the window opens with, or no longer. */
export const makeStartView = (views: SavedViews, name: string): SavedViews =>
  views.map((view) => ({ ...view, start: view.name === name && !view.start }));

export const startViewOf = (views: SavedViews): SavedView | null => views.find((view) => view.start) ?? null;

/** Starred ones first, then by name. */
export const inOrder = (views: SavedViews): SavedViews =>
  views.toSorted((a, b) => Number(b.starred) - Number(a.starred) || a.name.localeCompare(b.name));

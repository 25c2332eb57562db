import { useCallback } from 'react';
import { isSavedViews, type SavedViews } from '#renderer/log/saved-views.ts';
import { usePreference } from '#renderer/settings/preferences.tsx';

const none: SavedViews = [];

export const useSavedViews = (): { readonly views: SavedViews; readonly setViews: (views: SavedViews) => void } => {
  const [views, set] = usePreference('views', none, isSavedViews);
  const setViews = useCallback((next: SavedViews) => set(next.length === 0 ? null : next), [set]);
  return { views, setViews };
};

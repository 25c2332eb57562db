let known: number | null = null;

/**
 * Pixels that a scroll bar takes away from what it scrolls; 0 where it lies over it. Asked first while the page is empty:
 * later, the answer waits until everything on it has been laid out.
 */
export const scrollbarWidth = (): number => {
  if (known !== null) return known;
  const box = document.createElement('div');
  box.style.cssText = 'position: fixed; visibility: hidden; width: 100px; height: 100px; overflow: scroll';
  document.body.append(box);
  known = box.offsetWidth - box.clientWidth;
  box.remove();
  return known;
};

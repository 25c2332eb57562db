import { cancelled } from '#shared/contract/errors.ts';

/** Long loops look here every few thousand steps; throws `cancelled`. */
export const throwIfStopped = (shouldStop: () => boolean): void => {
  if (shouldStop()) throw cancelled();
};

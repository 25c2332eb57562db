import { BitacoraError, cancelled } from '#shared/contract/errors.ts';

/** So many may stand in line; whoever comes then is told to come back. */
const longestLine = 1000;

/** Lets in as many as fit at once; the others wait in line, their bodies unread. */
export interface Gate {
  /**
   * Resolves when there is room for `size`, with what gives it back. Throws `not_accepting` when the line is too long, and
   * `cancelled`.
   */
  enter(size: number, signal: AbortSignal): Promise<() => void>;
}

export const createGate = (room: number): Gate => {
  let left = room;
  const line: { readonly size: number; readonly letIn: () => void }[] = [];

  const letIn = (): void => {
    for (let next = line[0]; next !== undefined && next.size <= left; next = line[0]) {
      line.shift();
      left -= next.size;
      next.letIn();
    }
  };
  const leaving = (size: number) => {
    let inside = true;
    return (): void => {
      if (!inside) return;
      inside = false;
      left += size;
      letIn();
    };
  };

  return {
    enter: (size, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(cancelled());
          return;
        }
        if (line.length === 0 && size <= left) {
          left -= size;
          resolve(leaving(size));
          return;
        }
        if (line.length >= longestLine) {
          reject(new BitacoraError('not_accepting', { reason: 'busy' }));
          return;
        }
        const place = {
          size,
          letIn: (): void => {
            signal.removeEventListener('abort', giveUp);
            resolve(leaving(size));
          },
        };
        const giveUp = (): void => {
          line.splice(line.indexOf(place), 1);
          reject(cancelled());
          letIn();
        };
        signal.addEventListener('abort', giveUp, { once: true });
        line.push(place);
      }),
  };
};

import { type ComponentType, type ReactNode, useEffect, useState } from 'react';

/**
 * Parts of the window that its first rows do without. Each is a file of its own, fetched when it is first shown, or
 * before that, once the window is at rest.
 */
const parts: (() => Promise<void>)[] = [];

interface Part<P> {
  /** Null until its code is here. */
  component: ComponentType<P> | null;
  readonly fetch: () => Promise<void>;
}

const PartPlace = <P extends object>({
  part,
  waiting,
  props,
}: {
  part: Part<P>;
  waiting: ReactNode;
  props: P;
}): ReactNode => {
  const [, setHere] = useState(part.component !== null);
  const [fault, setFault] = useState<unknown>(null);
  useEffect(() => {
    if (part.component !== null) {
      setHere(true);
      return;
    }
    let shown = true;
    part.fetch().then(
      () => shown && setHere(true),
      (error: unknown) => shown && setFault(error),
    );
    return () => {
      shown = false;
    };
  }, [part]);
  // The boundary around the window tells it.
  if (fault !== null) throw fault;
  const Component = part.component;
  return Component === null ? waiting : <Component {...props} />;
};

/**
 * A component whose code comes when it is needed; `waiting` stands in its place meanwhile. Not React's own `lazy`: what
 * that brings is shown at the earliest 300 ms after what stood in its place.
 */
export const lazyPart = <P extends object>(
  load: () => Promise<ComponentType<P>>,
  waiting: ReactNode = null,
): ComponentType<P> => {
  const part: Part<P> = {
    component: null,
    fetch: async () => {
      part.component ??= await load();
    },
  };
  parts.push(part.fetch);
  return (props) => <PartPlace part={part} waiting={waiting} props={props} />;
};

/** Milliseconds that a newly opened window is left alone. */
const restAfter = 1200;

/** Fetches all parts one after the other as soon as the window has time, so that showing one later waits for nothing. */
export const fetchPartsAtRest = (): void => {
  const fetchNext = (): void => {
    const fetchPart = parts.shift();
    if (fetchPart === undefined) return;
    fetchPart().then(
      () => requestIdleCallback(fetchNext),
      // Whoever shows the part asks again, and tells the person if it fails again.
      (error: unknown) => console.error('fetching a part of the window', error),
    );
  };
  setTimeout(() => requestIdleCallback(fetchNext), restAfter);
};

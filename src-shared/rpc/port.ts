/** One end of a connection. `In` arrives, `Out` leaves; a closed port delivers nothing more. */
export interface Port<In, Out> {
  send(message: Out): void;
  onMessage(listener: (message: In) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** Two ports joined in memory; messages are cloned and delivered later, as between processes. */
export const portPair = <A, B>(): readonly [Port<A, B>, Port<B, A>] => {
  const listenersA: ((message: A) => void)[] = [];
  const listenersB: ((message: B) => void)[] = [];
  const closers: (() => void)[] = [];
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    for (const closer of closers) closer();
  };
  const end = <In, Out>(incoming: ((message: In) => void)[], outgoing: ((message: Out) => void)[]): Port<In, Out> => ({
    send: (message) => {
      if (!open) return;
      const copy = structuredClone(message);
      queueMicrotask(() => {
        if (open) for (const listener of outgoing) listener(copy);
      });
    },
    onMessage: (listener) => void incoming.push(listener),
    onClose: (listener) => void closers.push(listener),
    close,
  });
  return [end(listenersA, listenersB), end(listenersB, listenersA)];
};

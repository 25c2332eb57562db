/**
 * Asks for the next value while the present one is being worked on, so that the disk and zlib (which run on other
 * threads) and the parser work at the same time. One value ahead, no more.
 */
export async function* readAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  let pending = source.next();
  try {
    for (;;) {
      const result = await pending;
      if (result.done === true) return;
      pending = source.next();
      // A failure is thrown by the await above; this only keeps it from counting as unhandled until then.
      pending.catch(() => undefined);
      yield result.value;
    }
  } finally {
    // Whoever stops early is not told of what the value ahead met.
    await pending.catch(() => undefined);
    await source.return(undefined);
  }
}

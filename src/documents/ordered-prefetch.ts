/**
 * Starts the work of each item in order and yields the results in the same order. At most `ahead` items are started
 * before the reader gets to them, and none while it does not read.
 */
export async function* prefetchInOrder<T, R>(
  items: readonly T[],
  ahead: number,
  start: (item: T) => Promise<R>,
): AsyncGenerator<R, void, void> {
  const inFlight: Promise<R>[] = [];
  for (const item of items) {
    if (inFlight.length >= ahead) yield* oldest(inFlight);
    const started = start(item);
    // If an earlier one fails, nobody awaits this one.
    started.catch(() => undefined);
    inFlight.push(started);
  }
  while (inFlight.length > 0) yield* oldest(inFlight);
}

async function* oldest<R>(inFlight: Promise<R>[]): AsyncGenerator<R, void, void> {
  const first = inFlight.shift();
  if (first) yield await first;
}

/** The results of all items in order, with at most `ahead` of them in flight. */
export async function mapInOrder<T, R>(
  items: readonly T[],
  ahead: number,
  start: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const [only] = items;
  // Nearly all texts are one window, which needs no ordering.
  if (only !== undefined && items.length === 1) return [await start(only)];
  const results: R[] = [];
  for await (const result of prefetchInOrder(items, ahead, start)) results.push(result);
  return results;
}

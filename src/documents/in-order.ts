/**
 * Starts the work of each item in order and gives what comes of it in the same order. At most `ahead` items
 * are under way ahead of the reader, and none is added while it does not read.
 */
export async function* inOrder<T, R>(
  items: readonly T[],
  ahead: number,
  start: (item: T) => Promise<R>,
): AsyncGenerator<R, void, void> {
  const underWay: Promise<R>[] = [];
  for (const item of items) {
    if (underWay.length >= ahead) yield* oldest(underWay);
    const started = start(item);
    // Where an earlier one fails, nobody comes to await this one.
    started.catch(() => undefined);
    underWay.push(started);
  }
  while (underWay.length > 0) yield* oldest(underWay);
}

async function* oldest<R>(underWay: Promise<R>[]): AsyncGenerator<R, void, void> {
  const first = underWay.shift();
  if (first) yield await first;
}

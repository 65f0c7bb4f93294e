/**
 * Passes a stream's items on, and calls `idle` where the reader does not come back for the next one in time.
 * The time runs only while the reader has an item: a stream that has nothing to give is not idle.
 */
export function onIdle<T>(items: AsyncIterable<T>, idleMs: number, idle: () => void): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  let timer: NodeJS.Timeout | undefined;
  const end = (value: unknown): IteratorResult<T> => ({ done: true, value });
  return {
    async next() {
      clearTimeout(timer);
      const result = await iterator.next();
      if (!result.done) timer = setTimeout(idle, idleMs);
      return result;
    },
    async return(value) {
      clearTimeout(timer);
      return (await iterator.return?.(value)) ?? end(value);
    },
    async throw(error) {
      clearTimeout(timer);
      if (iterator.throw) return iterator.throw(error);
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return(undefined);
    },
  };
}

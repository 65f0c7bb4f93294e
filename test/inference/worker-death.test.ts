import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SentimentDocument, SentimentsDocument } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';

const texts = Array.from({ length: 100 }, (_, index) => `A film like no other, take ${index}.`);

/** Makes the next inference threads that are handed a batch die of it. */
function killOnBatch(deaths: number): void {
  const { postMessage } = Worker.prototype;
  let left = deaths;
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, message: unknown, transfer) {
    const deadly = left > 0 && isBatch(message);
    if (deadly) left--;
    // A thread does not survive a message that it cannot make sense of.
    return deadly ? postMessage.call(this, null) : postMessage.call(this, message, transfer);
  });
}

/** A batch of texts; the run that warms up a new thread has special tokens only. */
function isBatch(message: unknown): boolean {
  if (typeof message !== 'object' || message === null || !('ids' in message)) return false;
  return message.ids instanceof Int32Array && message.ids.length > 2;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a worker that dies', () => {
  const service = useService();

  test('is replaced, and its batch is run again', async () => {
    killOnBatch(1);
    const { sentiments } = await service.data(SentimentsDocument, { texts });
    expect(sentiments.every((each) => each.__typename === 'SentimentResult')).toBe(true);
    expect(service.server.inference.counts.workerRestarts).toBe(1);
  });

  test('only fails work whose worker died twice', async () => {
    const before = service.server.inference.counts.workerRestarts;
    // Both workers take the batch of this one text in turn.
    killOnBatch(2);
    const { errors } = await service.ask(SentimentDocument, { text: 'A deadly text.' });
    expect(errors?.[0]).toMatchObject({ message: 'Unexpected error.', extensions: { code: 'INTERNAL' } });
    vi.restoreAllMocks();
    const { sentiment } = await service.data(SentimentDocument, { text: 'Is anybody left?' });
    expect(sentiment.label).toBeTruthy();
    expect(service.server.inference.counts.workerRestarts).toBe(before + 2);
  });
});

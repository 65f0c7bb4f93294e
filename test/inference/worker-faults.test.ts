import { Worker } from 'node:worker_threads';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { SentimentDocument, SentimentsDocument } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';

const texts = Array.from({ length: 60 }, (_, index) => `A film like no other, take ${index}.`);

afterEach(() => {
  vi.restoreAllMocks();
});

/** Intercepts messages to threads: `false` withholds them. */
function intercept(handle: (message: object, thread: Worker) => boolean): void {
  const { postMessage } = Worker.prototype;
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, message: unknown, transfer) {
    if (typeof message !== 'object' || message === null || handle(message, this)) {
      postMessage.call(this, message, transfer);
    }
  });
}

const isBatch = (message: object): boolean =>
  'ids' in message && message.ids instanceof Int32Array && message.ids.length > 2;

describe('a worker that hangs', () => {
  const service = useService({ BATCH_TIMEOUT_MS: '2000', WORKERS: '2' });
  let url: string;
  beforeAll(async () => {
    url = await service.server.listen();
  });
  const isReady = async () => (await fetch(new URL('/ready', url))).status === 200;

  test('is given up and replaced under load, and its batch is run again', async () => {
    let hangs = 1;
    const released: (() => void)[] = [];
    const { postMessage } = Worker.prototype;
    const hanging = new Set<Worker>();
    intercept((message, thread) => {
      if (hangs > 0 && isBatch(message)) {
        hangs--;
        hanging.add(thread);
        released.push(() => postMessage.call(thread, { type: 'close' }));
        return false;
      }
      return !hanging.has(thread);
    });
    const { sentiments } = await service.data(SentimentsDocument, { texts });
    expect(sentiments.every((each) => each.__typename === 'SentimentResult')).toBe(true);
    expect(service.server.inference.counts.workerRestarts).toBe(1);
    expect(service.server.inference.workers.lost).toBe(1);
    expect(await isReady()).toBe(true);
    // It comes back after all: it ends by itself, and is lost no longer.
    for (const release of released) release();
    await vi.waitUntil(() => service.server.inference.workers.lost === 0, { timeout: 10_000 });
    expect(await isReady()).toBe(true);
  });

  test('makes /ready report it if as many hang as there should be', async () => {
    const hanging = new Map<Worker, () => void>();
    const { postMessage } = Worker.prototype;
    let hangs = 2;
    intercept((message, thread) => {
      if (hangs > 0 && isBatch(message) && !hanging.has(thread)) {
        hangs--;
        hanging.set(thread, () => postMessage.call(thread, { type: 'close' }));
        return false;
      }
      return !hanging.has(thread);
    });
    const { errors } = await service.ask(SentimentDocument, { text: 'A text that hangs twice.' });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL' });
    expect(service.server.inference.workers.lost).toBe(2);
    const response = await fetch(new URL('/ready', url));
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      ready: false,
      reasons: expect.arrayContaining([expect.stringContaining('2 inference threads hang')]),
    });
    vi.restoreAllMocks();
    for (const release of hanging.values()) release();
    await vi.waitUntil(isReady, { timeout: 10_000 });
    const { sentiment } = await service.data(SentimentDocument, { text: 'It goes on.' });
    expect(sentiment.label).toBeTruthy();
  });
});

describe('workers that die whenever they are started', () => {
  const service = useService({ WORKERS: '1' });
  let url: string;
  beforeAll(async () => {
    url = await service.server.listen();
  });

  test('are started at growing intervals, and work is refused meanwhile', async () => {
    let starts = 0;
    intercept((message, thread) => {
      const isLoad = 'type' in message && message.type === 'load';
      if (isLoad) starts++;
      // A thread does not survive a message that it cannot make sense of.
      if (isLoad || isBatch(message)) void Reflect.apply(original, thread, [null]);
      return !(isLoad || isBatch(message));
    });
    const doomed = service.ask(SentimentDocument, { text: 'This one kills.' });
    await vi.waitUntil(() => starts >= 3, { timeout: 20_000 });
    const { errors } = await service.ask(SentimentDocument, { text: 'Is anybody there?' });
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('No inference thread stays alive'),
      extensions: { code: 'OVERLOADED', retryAfterMs: expect.any(Number) },
    });
    const response = await fetch(new URL('/ready', url));
    expect(await response.json()).toEqual({ ready: false, reasons: ['no inference thread is ready'] });
    vi.restoreAllMocks();
    const answer = await doomed;
    expect(answer.data?.sentiment ?? answer.errors).toBeTruthy();
    await vi.waitUntil(() => service.server.inference.workers.ready === 1, { timeout: 20_000 });
    const { sentiment } = await service.data(SentimentDocument, { text: 'Here it is again.' });
    expect(sentiment.label).toBeTruthy();
  });
});

const original = Worker.prototype.postMessage;

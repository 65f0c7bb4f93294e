import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { WorkQueue } from '../../src/inference/queue.ts';
import type { Lane, QueuedWork } from '../../src/inference/work.ts';
import { type Model, ModelRegistry } from '../../src/models/registry.ts';

const BUDGET = 256;
let sentiment: Model;
let ner: Model;
beforeAll(async () => {
  const registry = await ModelRegistry.open(loadConfig({}).modelsDirectory);
  sentiment = registry.resolve('SENTIMENT');
  ner = registry.resolve('NER');
});

interface Options {
  readonly model?: Model;
  readonly lane?: Lane;
  readonly group?: object;
}

function work(length: number, { model = sentiment, lane = 'INTERACTIVE', group = {} }: Options = {}): QueuedWork {
  const ids = new Int32Array(length);
  const ignore = () => {};
  const queued = { key: undefined, enqueuedAt: 0, queued: true, failures: 0, resolve: ignore, reject: ignore };
  return { model, lane, group, ids, length, ...queued };
}

const padded = (batch: readonly QueuedWork[]) => batch.length * Math.max(0, ...batch.map(({ length }) => length));
const tokens = (batch: readonly QueuedWork[]) => batch.reduce((sum, { length }) => sum + length, 0);

describe('a batch', () => {
  const lengths = fc.array(fc.integer({ min: 2, max: 512 }), { maxLength: 60 });

  test('starts with the oldest work, has one model, keeps to the budget, and loses nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ length: fc.integer({ min: 2, max: 512 }), ner: fc.boolean() }), { maxLength: 60 }),
        (all) => {
          const queue = new WorkQueue();
          const waiting = all.map(({ length, ner: isNer }) => work(length, { model: isNer ? ner : sentiment }));
          for (const each of waiting) queue.push(each);
          expect(queue.tokens).toBe(tokens(waiting));
          const taken: QueuedWork[] = [];
          for (let batch = queue.take(BUDGET); batch.length > 0; batch = queue.take(BUDGET)) {
            expect(batch[0]).toBe(waiting.find((each) => !taken.includes(each)));
            expect(new Set(batch.map(({ model }) => model)).size).toBe(1);
            expect(padded(batch) <= BUDGET || batch.length === 1).toBe(true);
            taken.push(...batch);
          }
          expect(new Set(taken)).toEqual(new Set(waiting));
          expect([queue.tokens, queue.size]).toEqual([0, 0]);
        },
      ),
    );
  });

  test('does not have removed work', () => {
    fc.assert(
      fc.property(lengths, fc.infiniteStream(fc.boolean()), (all, leaves) => {
        const queue = new WorkQueue();
        const waiting = all.map((length) => work(length));
        for (const each of waiting) queue.push(each);
        const gone = waiting.filter(() => leaves.next().value);
        for (const each of [...gone, ...gone]) queue.remove(each);
        const taken = waiting.flatMap(() => queue.take(BUDGET));
        expect(new Set(taken)).toEqual(new Set(waiting.filter((each) => !gone.includes(each))));
      }),
    );
  });

  test('is filled with the nearest lengths', () => {
    const queue = new WorkQueue();
    const [first, far, near, same, longer] = [20, 100, 18, 20, 21].map((length) => work(length));
    for (const each of [first, far, near, same, longer]) if (each) queue.push(each);
    expect(new Set(queue.take(84))).toEqual(new Set([first, same, longer, near]));
    expect(queue.take(84)).toEqual([far]);
  });

  test('is at most a tenth padding with 64 texts in flight', () => {
    // Log-normal lengths as in the reference measurements: mean 25, longest 99.
    const random = mulberry(7);
    const length = () => Math.min(99, Math.max(4, Math.round(Math.exp(3 + 0.65 * normal(random)))));
    const queue = new WorkQueue();
    for (let inFlight = 0; inFlight < 64; inFlight++) queue.push(work(length()));
    let real = 0;
    let all = 0;
    for (let round = 0; round < 2000; round++) {
      const batch = queue.take(BUDGET);
      real += tokens(batch);
      all += padded(batch);
      for (const _ of batch) queue.push(work(length()));
    }
    expect(1 - real / all).toBeLessThanOrEqual(0.1);
  });
});

describe('fair queuing', () => {
  test('gives documents equal shares, whatever the length of their windows', () => {
    const queue = new WorkQueue();
    const groups = [128, 64, 100].map((length) => ({ length, group: {}, served: 0 }));
    for (let window = 0; window < 100; window++) {
      for (const { length, group } of groups) queue.push(work(length, { lane: 'BULK', group }));
    }
    for (let round = 0; round < 60; round++) {
      for (const each of queue.take(BUDGET)) {
        const owner = groups.find(({ group }) => group === each.group);
        if (owner) owner.served += each.length;
      }
    }
    const shares = groups.map(({ served }) => served);
    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(2 * BUDGET);
  });

  test('does not make up for what a later document missed', () => {
    const queue = new WorkQueue();
    const [early, late] = [{}, {}];
    for (let window = 0; window < 50; window++) queue.push(work(128, { lane: 'BULK', group: early }));
    for (let round = 0; round < 10; round++) queue.take(128);
    for (let window = 0; window < 50; window++) queue.push(work(128, { lane: 'BULK', group: late }));
    const turns = Array.from({ length: 10 }, () => queue.take(128)[0]?.group);
    expect(turns.filter((group) => group === early)).toHaveLength(5);
  });

  test('divides by weight between the lanes while both have work', () => {
    const queue = new WorkQueue();
    for (let index = 0; index < 500; index++) {
      queue.push(work(64));
      queue.push(work(64, { lane: 'BULK' }));
    }
    const lanes = Array.from({ length: 100 }, () => queue.take(64)[0]?.lane);
    expect(lanes.filter((lane) => lane === 'INTERACTIVE')).toHaveLength(80);
  });

  test('runs a short question before documents that were queued first', () => {
    const queue = new WorkQueue();
    for (let window = 0; window < 100; window++) queue.push(work(128, { lane: 'BULK' }));
    for (let round = 0; round < 20; round++) queue.take(BUDGET);
    const question = work(12);
    queue.push(question);
    expect(queue.take(BUDGET)).toEqual([question]);
  });
});

/** A small seeded generator, so that a failure can be repeated. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A standard normal value (Box and Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

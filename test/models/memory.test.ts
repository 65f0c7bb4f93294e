import { cp, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { Document } from '../../src/documents/document.ts';
import { Inference } from '../../src/inference/inference.ts';
import { openRegistry } from '../../src/models/open-registry.ts';
import type { Model } from '../../src/models/registry.ts';
import { documentOptions } from '../../src/server/document-options.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/hub/', import.meta.url));
const NER_BYTES = 203_198;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bertql-folders-'));
  for (const name of ['one', 'two', 'three', 'four']) {
    await cp(join(FIXTURES, 'dslim/bert-base-NER'), join(folder, name), { recursive: true });
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** The inference layer with four equal models of folders besides the bundled ones. */
async function start(variables: Readonly<Record<string, string>> = {}) {
  const models = ['one', 'two', 'three', 'four'].map((id) => ({ id, task: 'NER', folder: join(folder, id) }));
  const config = loadConfig({
    WORKERS: '2',
    CACHE_BYTES: '0',
    MODELS_CONFIG: JSON.stringify({ models }),
    ...variables,
  });
  const registry = await openRegistry(config);
  const inference = new Inference(registry, config);
  await inference.start();
  const changes: string[] = [];
  inference.loader.events.on(({ id, state }) => changes.push(`${id} ${state}`));
  const read = async (id: string, text = 'Tim Cook runs Apple.', hold = false) => {
    const loaders = inference.loaders();
    const document = new Document(text, 'UTF16', loaders, registry, documentOptions(config));
    const entities = await document.entities({ model: id, aggregation: 'NONE', minConfidence: 0 });
    if (!hold) loaders.dispose();
    return { entities, loaders };
  };
  return { inference, registry, read, changes };
}

/** Room for the bundled models and for two of the others. */
const ROOM_FOR_TWO = { MODEL_MEMORY_BYTES: String(2 * (23_023_600 + 23_764_664 + 2 * NER_BYTES)) };

test('the least recently used model is evicted if there is no room, and loaded again when it is used', async () => {
  const { inference, registry, read } = await start({ MODEL_MEMORY_BYTES: String(2 * 2.5 * NER_BYTES) });
  const loaded = () =>
    registry.models.filter(({ state, task }) => state === 'READY' && task !== 'TOKENIZATION').map(({ id }) => id);
  const { entities } = await read('one');
  // The bundled ones are far larger than what is allowed.
  expect(loaded()).toEqual(['one']);
  await read('two');
  expect(loaded()).toEqual(['one', 'two']);
  await read('one');
  await read('three');
  expect(loaded()).toEqual(['one', 'three']);
  expect(registry.get('two').state).toBe('AVAILABLE');
  expect((await read('two')).entities.length).toBe(entities.length);
  expect(loaded()).toEqual(['two', 'three']);
  await inference.close();
});

test('a model in use is never evicted, and one that does not fit besides it is refused until it is free', async () => {
  const { inference, registry, read } = await start(ROOM_FOR_TWO);
  const holds = [await read('one', undefined, true), await read('two', undefined, true)];
  for (const task of ['SENTIMENT', 'NER'] as const) {
    const loaders = inference.loaders();
    holds.push({ entities: [], loaders });
    await loaders.use(registry.resolve(task));
  }
  await expect(read('three')).rejects.toMatchObject({
    code: 'MODEL_UNAVAILABLE',
    message: expect.stringMatching(/"three" needs 1 MB in 2 threads.*are in use.*MODEL_MEMORY_BYTES/),
  });
  expect([registry.get('one').state, registry.get('two').state]).toEqual(['READY', 'READY']);
  for (const { loaders } of holds) loaders.dispose();
  await inference.loader.reload(registry.get('three'), true, new AbortController().signal);
  expect(registry.get('three').state).toBe('READY');
  await inference.close();
});

test.each([1, 2, 3])('with %i threads, other models are served while models are loaded', async (workers) => {
  const { inference, registry, read, changes } = await start({ WORKERS: String(workers) });
  let answered = 0;
  let over = false;
  const others = (async () => {
    while (!over) {
      await read('bertql/conll-ner-minilm', `Text ${answered}.`);
      answered++;
    }
  })();
  for (const id of ['one', 'two', 'three']) {
    const before = answered;
    await inference.loader.load(registry.get(id), undefined);
    // It answers at least the one that it was at.
    await expect.poll(() => answered).toBeGreaterThan(before);
  }
  over = true;
  await others;
  expect(changes.filter((change) => change.startsWith('bertql/'))).toEqual([]);
  const { entities } = await read('two');
  expect(entities.length).toBeGreaterThan(0);
  await Promise.all(Array.from({ length: 12 }, (_, index) => read('three', `Text ${index}.`)));
  await inference.close();
});

test('a thread that is started later has the models that were loaded meanwhile', async () => {
  const { inference, registry, read } = await start({ WORKERS: '1' });
  const { entities } = await read('one');
  await inference.loader.load(registry.get('two'), undefined);
  expect((await read('one')).entities).toHaveLength(entities.length);
  expect(inference.workers.ready).toBe(1);
  await inference.close();
});

test('loadModel loads files that were rewritten, all of them or none', async () => {
  const { inference, registry, read } = await start();
  const model: Model = registry.get('four');
  await read('four');
  const before = model.version;
  const labels = Object.fromEntries(
    ['O', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'].map((label, index) => [index, label]),
  );
  const config = { model_type: 'bert', max_position_embeddings: 512, vocab_size: 3000, id2label: labels };
  await writeFile(join(folder, 'four', 'config.json'), JSON.stringify(config));
  // What is loaded stays as it is, labels included.
  expect((await read('four')).entities.every(({ type }) => /^[BI]-/.test(type))).toBe(true);
  expect(model.version).toBe(before);

  const held = await read('four', undefined, true);
  const signal = new AbortController().signal;
  await expect(inference.loader.reload(model, true, signal)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  held.loaders.dispose();
  await inference.loader.reload(model, true, signal);
  expect(model.version).not.toBe(before);
  expect((await read('four')).entities.every(({ type }) => /^[A-H]$/.test(type))).toBe(true);
  await inference.close();
});

test('a thread that is replaced does not mix old files with new ones', async () => {
  const { inference, registry, read } = await start();
  await read('three');
  const model = registry.get('three');
  const before = model.version;
  const touched = new Date(Date.now() + 5000);
  await utimes(join(folder, 'three', 'onnx', 'model_quantized.onnx'), touched, touched);
  killOnNextRun();
  await read('bertql/conll-ner-minilm');
  vi.restoreAllMocks();
  await expect.poll(() => [inference.workers.ready, model.state]).toEqual([2, 'AVAILABLE']);
  expect((await read('three')).entities.length).toBeGreaterThan(0);
  expect(model.version).not.toBe(before);
  await inference.close();
});

/** Makes the next inference thread that is handed a batch die of it. */
function killOnNextRun(): void {
  const { postMessage } = Worker.prototype;
  let left = 1;
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, message: unknown, transfer) {
    const isRun = typeof message === 'object' && message !== null && 'type' in message && message.type === 'run';
    // A thread does not survive a message that it cannot make sense of.
    if (isRun && left-- > 0) return postMessage.call(this, null);
    return postMessage.call(this, message, transfer);
  });
}

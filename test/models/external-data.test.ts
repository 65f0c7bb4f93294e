import { cp, mkdtemp, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { ExternalData } from '../../src/models/external-data.ts';
import { openRegistry } from '../../src/models/open-registry.ts';
import type { ModelRegistry } from '../../src/models/registry.ts';
import { FIXTURES } from './fixtures.ts';
import { NER, useHub } from './hub-setting.ts';

const SPLIT = join(FIXTURES, 'external-data/onnx');
const GRAPH = 'model_quantized.onnx';
const DATA = 'model_quantized.onnx_data';

const setting = useHub({ freshHome: true });
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bertql-external-'));
  const hub = new URL(`../fixtures/hub/${NER}`, import.meta.url);
  await cp(hub, folder, { recursive: true });
  await rm(join(folder, 'onnx'), { recursive: true });
  await cp(SPLIT, join(folder, 'onnx'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const bytesOf = async (...files: string[]) =>
  (await Promise.all(files.map((file) => stat(file)))).reduce((sum, { size }) => sum + size, 0);

function registry(models: readonly object[] = []): Promise<ModelRegistry> {
  return openRegistry(loadConfig({ ...setting.variables, MODELS_CONFIG: JSON.stringify({ models }) }));
}

/** Opens a model of a folder with its weights. */
async function open() {
  const { files, ...rest } = await registry([{ id: 'split', task: 'NER', folder }]);
  const { entry } = new Map(rest.models.map((model) => [model.id, model])).get('split') ?? {};
  if (!entry) throw new Error('It was registered.');
  const opened = await files.open(entry);
  return { files, entry, opened, weights: await files.weights(entry, opened) };
}

describe('weights with external data', () => {
  test('count with all of their bytes', async () => {
    const { weights } = await open();
    expect(weights.bytes).toBe(await bytesOf(join(SPLIT, GRAPH), join(SPLIT, DATA)));
    expect(weights.parts).toEqual([join(folder, 'onnx', DATA)]);
  });

  test('change when that file changes', async () => {
    const { files, entry, opened } = await open();
    expect(await files.isUnchanged(entry, opened)).toBe(true);
    const later = new Date(Date.now() + 5000);
    await utimes(join(folder, 'onnx', DATA), later, later);
    expect(await files.isUnchanged(entry, opened)).toBe(false);
  });

  test('have a revision that depends on its content and is the same on every machine', async () => {
    const revision = async () => {
      const { models, files } = await registry([{ id: 'split', task: 'NER', folder }]);
      const model = models.find(({ id }) => id === 'split');
      if (!model) throw new Error('It was registered.');
      model.files = await files.open(model.entry);
      return model.revision();
    };
    const before = await revision();
    const content = await readFile(join(folder, 'onnx', DATA));
    await writeFile(join(folder, 'onnx', DATA), content);
    expect(await revision()).toBe(before);
    content[100] = (content[100] ?? 0) ^ 1;
    await writeFile(join(folder, 'onnx', DATA), content);
    expect(await revision()).not.toBe(before);
  });

  test('are refused without it, and the message names it', async () => {
    await rename(join(folder, 'onnx', DATA), join(folder, 'onnx', 'elsewhere'));
    await expect(open()).rejects.toThrow(
      /onnx.model_quantized\.onnx_data is missing or empty: model_quantized\.onnx keeps its large tensors in it\./,
    );
  });

  test.each(['model.onnx.data', 'weights/part-1.bin'])('may name it %s', async (name) => {
    const path = join(folder, 'renamed.onnx');
    await writeFile(path, await renamedIn(name));
    expect(await new ExternalData().namesIn(path)).toEqual([name]);
  });

  test.each(['../secret', '/etc/passwd', 'a/../../b', 'C:\\x'])('are refused if they name %s', async (name) => {
    const path = join(folder, 'renamed.onnx');
    await writeFile(path, await renamedIn(name));
    await expect(new ExternalData().namesIn(path)).rejects.toThrow('must be a file below its own folder');
  });

  test('are found wherever the name is in a large file', async () => {
    const graph = await readFile(join(SPLIT, GRAPH));
    const at = graph.indexOf('location');
    const path = join(folder, 'large.onnx');
    // The name is cut by the first mebibyte at every place.
    for (const cut of [0, 1, 5, 8, 9, 10, 20, 33]) {
      await writeFile(path, Buffer.concat([Buffer.alloc((1 << 20) - at - cut), graph]));
      expect(await new ExternalData().namesIn(path)).toEqual([DATA]);
    }
  });

  test('are fetched from the hub with that file, which is verified and removed with them', async () => {
    const { hub } = setting;
    hub.files.set(`${NER}/onnx/${GRAPH}`, await readFile(join(SPLIT, GRAPH)));
    hub.files.set(`${NER}/onnx/${DATA}`, await readFile(join(SPLIT, DATA)));
    const { files, models } = await registry();
    const model = models.find(({ id }) => id === NER);
    if (model?.entry.source.kind !== 'hub') throw new Error('It is a model of the hub.');
    const { entry } = model;
    const opened = await files.open(entry);
    expect(await files.cached(entry)).toMatchObject({ complete: false });
    const { bytes } = await files.weights(entry, opened);
    expect(bytes).toBe(await bytesOf(join(SPLIT, GRAPH), join(SPLIT, DATA)));
    expect(hub.count(DATA)).toBe(1);

    const cached = await files.cached(entry);
    if (!cached) throw new Error('It was fetched.');
    expect(cached).toMatchObject({ complete: true });
    expect(cached.files).toContain(`onnx/${DATA}`);
    await writeFile(join(cached.path, 'onnx', DATA), 'damaged');
    expect(await files.discardDamaged(entry)).toEqual([`onnx/${DATA}`]);
    await files.weights(entry, opened);
    expect(hub.count(DATA)).toBe(2);

    const all = await files.cached(entry);
    if (!all || entry.source.kind !== 'hub') throw new Error('It was fetched again.');
    await files.remove(entry.source, all);
    expect(await files.cached(entry)).toBeUndefined();
  });
});

/** The weights with another name for their second file. */
async function renamedIn(name: string): Promise<Buffer> {
  const graph = await readFile(join(SPLIT, GRAPH));
  const entry = (value: string) =>
    Buffer.concat([Buffer.from('\x0a\x08location\x12', 'latin1'), Buffer.of(value.length), Buffer.from(value)]);
  const at = graph.indexOf(entry(DATA));
  return Buffer.concat([graph.subarray(0, at), entry(name)]);
}

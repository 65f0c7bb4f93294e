import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { openRegistry } from '../../src/models/open-registry.ts';
import type { Model, ModelRegistry } from '../../src/models/registry.ts';
import { useHub } from './hub-setting.ts';

const BUNDLED = fileURLToPath(new URL('../../models/all-minilm-l6-v2', import.meta.url));
const MINILM = 'sentence-transformers/all-MiniLM-L6-v2';
const setting = useHub({ freshHome: true });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bertql-embedding-'));
});
afterEach(() => rm(folder, { recursive: true }));

function registry(models: readonly object[] = []): Promise<ModelRegistry> {
  return openRegistry(loadConfig({ ...setting.variables, MODELS_CONFIG: JSON.stringify({ models }) }));
}

/** Opens a model of a folder with these JSON files next to its tokenizer. */
async function open(files: Readonly<Record<string, unknown>>, more: object = {}): Promise<Model> {
  await cp(join(BUNDLED, 'tokenizer.json'), join(folder, 'tokenizer.json'));
  const all: Record<string, unknown> = { 'config.json': CONFIG, ...files };
  for (const [name, content] of Object.entries(all)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), JSON.stringify(content));
  }
  const { files: opener, models } = await registry([{ id: 'mine', task: 'EMBEDDING', folder, ...more }]);
  const model = models.find(({ id }) => id === 'mine');
  if (!model) throw new Error('It was registered.');
  model.files = await opener.open(model.entry);
  return model;
}

const CONFIG = { architectures: ['BertModel'], hidden_size: 384, max_position_embeddings: 512, vocab_size: 30_522 };
const modules = (...names: readonly string[]) =>
  names.map((name, index) => ({
    idx: index,
    name: String(index),
    path: index === 0 ? '' : `${index}_${name}`,
    type: `sentence_transformers.models.${name}`,
  }));

describe('an EMBEDDING model', () => {
  test('comes with the package, and is the default of its task', async () => {
    const known = await registry();
    const model = known.resolve('EMBEDDING');
    expect([model.id, model.state, model.dimensions, model.maxTokens]).toEqual([
      'bertql/all-minilm-l6-v2',
      'AVAILABLE',
      384,
      256,
    ]);
    model.files = await known.files.open(model.entry);
    const { pooling, normalize, dimensions, maxTokens, vocabularySize, labels } = model;
    expect({ pooling, normalize, dimensions, maxTokens, vocabularySize, labels }).toEqual({
      pooling: 'MEAN',
      normalize: true,
      dimensions: 384,
      maxTokens: 256,
      vocabularySize: 30_522,
      labels: [],
    });
    expect(() => known.resolve('NER', model.id)).toThrow('is for EMBEDDING and cannot find entities');
  });

  test('uses the mean of all tokens, scaled to length 1, without files of sentence-transformers', async () => {
    const { pooling, normalize, dimensions, maxTokens, queryPrefix, passagePrefix } = await open({});
    expect({ pooling, normalize, dimensions, maxTokens, queryPrefix, passagePrefix }).toEqual({
      pooling: 'MEAN',
      normalize: true,
      dimensions: 384,
      maxTokens: 512,
      queryPrefix: '',
      passagePrefix: '',
    });
  });

  test.each([
    ['MEAN', { pooling_mode_mean_tokens: true, pooling_mode_cls_token: false }],
    ['CLS', { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }],
    ['MAX', { pooling_mode_max_tokens: true }],
    ['MEAN', { pooling_mode: 'mean' }],
    ['CLS', { pooling_mode: 'cls' }],
    ['MAX', { pooling_mode: ['max'] }],
    ['MEAN', {}],
  ])('pools as its files say: %s for %j', async (pooling, config) => {
    const model = await open({ '1_Pooling/config.json': { word_embedding_dimension: 384, ...config } });
    expect(model.pooling).toBe(pooling);
  });

  test.each([
    [true, modules('Transformer', 'Pooling', 'Normalize')],
    [false, modules('Transformer', 'Pooling')],
  ])('scales its vectors to length 1 (%s) as modules.json says', async (normalize, list) => {
    expect((await open({ 'modules.json': list })).normalize).toBe(normalize);
  });

  test('pools as the folder named by modules.json says', async () => {
    const list = modules('Transformer', 'Pooling').map((module) =>
      module.path === '' ? module : { ...module, path: 'other' },
    );
    const model = await open({
      'modules.json': list,
      'other/config.json': { pooling_mode_cls_token: true },
      '1_Pooling/config.json': { pooling_mode_max_tokens: true },
    });
    expect(model.pooling).toBe('CLS');
  });

  test('reads no more tokens than it was trained for', async () => {
    expect((await open({ 'sentence_bert_config.json': { max_seq_length: 128 } })).maxTokens).toBe(128);
    expect((await open({ 'sentence_bert_config.json': { max_seq_length: null } })).maxTokens).toBe(512);
  });

  test('uses the prefixes of the registration, otherwise those of its own files', async () => {
    const prompts = { 'config_sentence_transformers.json': { prompts: { query: 'q: ', document: 'd: ' } } };
    const own = await open(prompts);
    expect([own.queryPrefix, own.passagePrefix]).toEqual(['q: ', 'd: ']);
    const registered = await open(prompts, { queryPrefix: 'query: ', passagePrefix: '' });
    expect([registered.queryPrefix, registered.passagePrefix]).toEqual(['query: ', '']);
  });

  test('may have byte order marks in its files, as editors on Windows write them', async () => {
    const model = await open({ '1_Pooling/config.json': { pooling_mode_cls_token: true } });
    for (const name of ['config.json', 'tokenizer.json', '1_Pooling/config.json']) {
      await writeFile(join(folder, name), `\ufeff${await readFile(join(folder, name), 'utf8')}`);
    }
    const { files } = await registry();
    const opened = await files.open(model.entry);
    expect([opened.vectors?.pooling, opened.tokenizer.size]).toEqual(['CLS', 30_522]);
  });

  test.each<[reason: string, files: Readonly<Record<string, unknown>>, more?: object]>([
    [
      'its pooling is pooling_mode_cls_token with pooling_mode_mean_tokens, but this server can do one of mean, cls and max',
      { '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_mean_tokens: true } },
    ],
    ['its pooling is lasttoken', { '1_Pooling/config.json': { pooling_mode: 'lasttoken' } }],
    [
      'modules.json has a module "sentence_transformers.models.Dense"',
      { 'modules.json': modules('Transformer', 'Pooling', 'Dense') },
    ],
    ['hidden_size is missing', { 'config.json': { ...CONFIG, hidden_size: undefined } }],
    [
      'the path of its pooling module must be the name of a folder, but it is "../1_Pooling"',
      { 'modules.json': [{ type: 'sentence_transformers.models.Pooling', path: '../1_Pooling' }] },
    ],
    ['include_prompt is false', { '1_Pooling/config.json': { include_prompt: false } }, { queryPrefix: 'query: ' }],
    ['modules.json must be a list', { 'modules.json': {} }],
    ['has ids up to 30521, but the model knows 100', { 'config.json': { ...CONFIG, vocab_size: 100 } }],
  ])('is refused if %s', async (reason, files, more) => {
    await expect(open(files, more)).rejects.toThrow(reason);
  });

  test('of the hub is fetched with the files that say how vectors are made', async () => {
    const { hub } = setting;
    const files = [
      'config.json',
      'tokenizer.json',
      'modules.json',
      '1_Pooling/config.json',
      'sentence_bert_config.json',
    ];
    for (const file of files) hub.files.set(`${MINILM}/${file}`, await readFile(join(BUNDLED, file)));
    hub.files.set(`${MINILM}/onnx/model.onnx`, await readFile(join(BUNDLED, 'onnx/model_quantized.onnx')));
    const known = await registry();
    const model = known.get(MINILM);
    model.files = await known.files.open(model.entry);
    expect([model.pooling, model.normalize, model.maxTokens]).toEqual(['MEAN', true, 256]);
    const { dtype } = await known.files.weights(model.entry, model.files);
    expect(dtype).toBe('fp32');
    const cached = await known.files.cached(model.entry);
    expect(cached).toMatchObject({ complete: true });
    expect(cached?.files).toEqual(expect.arrayContaining(['1_Pooling/config.json', 'onnx/model.onnx']));
  });

  test.each([
    ['BAAI/bge-small-en-v1.5', 'Represent this sentence for searching relevant passages: ', undefined],
    ['intfloat/e5-small-v2', 'query: ', 'passage: '],
  ])('of the hub is known with its prefixes: %s', async (id, queryPrefix, passagePrefix) => {
    const { entry, dimensions } = (await registry()).get(id);
    expect([entry.queryPrefix, entry.passagePrefix, dimensions]).toEqual([queryPrefix, passagePrefix, 384]);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { RegistrationError, registeredModels } from '../../src/models/registration.ts';

const FILE = '/etc/bertql.config.json';

function register(content: unknown) {
  return registeredModels({ name: FILE, text: JSON.stringify(content) });
}

test('a registration adds models of the hub and of this machine, and sets the defaults', () => {
  const models = register({
    models: [
      { id: 'mine', task: 'NER', folder: 'models/mine', labels: ['O', 'B-X'], dtype: 'fp32', preload: true },
      { id: 'theirs', task: 'SENTIMENT', repository: 'someone/model', revision: 'v1', file: 'onnx/special.onnx' },
      { id: 'dslim/bert-base-NER', revision: 'main' },
    ],
    defaults: { NER: 'mine' },
  });
  expect(models.find(({ task }) => task === 'NER')?.id).toBe('mine');
  const byId = new Map(models.map((entry) => [entry.id, entry]));
  expect(byId.get('mine')).toMatchObject({
    source: { kind: 'folder', path: '/etc/models/mine' },
    labels: ['O', 'B-X'],
    dtype: 'fp32',
    preload: true,
    bundled: false,
  });
  expect(byId.get('theirs')).toMatchObject({
    source: { kind: 'hub', repository: 'someone/model', revision: 'v1' },
    file: 'onnx/special.onnx',
  });
  expect(byId.get('dslim/bert-base-NER')).toMatchObject({
    task: 'NER',
    source: { kind: 'hub', repository: 'dslim/bert-base-NER', revision: 'main' },
    license: 'MIT',
  });
  expect(byId.get('bertql/sst2-minilm')?.bundled).toBe(true);
});

test('a registration may begin with a byte order mark', () => {
  const text = '\ufeff[{ "id": "mine", "task": "NER", "folder": "/m" }]';
  expect(registeredModels({ name: FILE, text }).some(({ id }) => id === 'mine')).toBe(true);
});

test('a registration may be just a list of models', () => {
  expect(register([{ id: 'mine', task: 'NER', folder: '/m' }]).some(({ id }) => id === 'mine')).toBe(true);
});

const model = { id: 'x', task: 'NER', repository: 'a/b' };
test.each<[wrong: unknown, message: string]>([
  [3, 'must be an object, but it is 3'],
  [{ modles: [] }, 'modles is not known here. Known are $schema, models, defaults'],
  [{ models: {} }, 'models must be a list, but it is {}'],
  [[{ task: 'NER' }], '[0].id is missing'],
  [{ models: [{ ...model, id: '' }] }, 'models[0].id must be an id of at most 200 characters, but it is ""'],
  [
    { models: [{ ...model, task: 'ner' }] },
    'models[0].task must be one of TOKENIZATION, SENTIMENT, NER, EMBEDDING, but it is "ner"',
  ],
  [{ models: [{ id: 'x', repository: 'a/b' }] }, 'models[0] must have a task'],
  [{ models: [{ id: 'x', task: 'NER' }] }, 'models[0] must have a repository of the hub or a folder of this machine'],
  [{ models: [{ ...model, folder: 'b' }] }, 'models[0] must have a repository or a folder, not both'],
  [{ models: [{ ...model, repository: '../b' }] }, 'models[0].repository must be a name as in dslim/bert-base-NER'],
  [{ models: [{ ...model, repository: 'https://x/y' }] }, 'models[0].repository must be a name'],
  [{ models: [{ ...model, revision: '../main' }] }, 'models[0].revision must be a commit, a tag or a branch'],
  [
    { models: [{ ...model, file: '../../x.onnx' }] },
    'models[0].file must be a path below the model that ends in .onnx',
  ],
  [{ models: [{ ...model, dtype: 'int4' }] }, 'models[0].dtype must be one of auto, fp32'],
  [{ models: [{ ...model, device: 'gpu' }] }, 'models[0].device must be one of auto, cpu, cuda'],
  [{ models: [{ ...model, labels: ['one'] }] }, 'models[0].labels must name at least two labels'],
  [{ models: [{ ...model, labels: ['one', 2] }] }, 'models[0].labels[1] must be the name of a label, but it is 2'],
  [{ models: [{ ...model, preload: 'yes' }] }, 'models[0].preload must be true or false, but it is "yes"'],
  [{ models: [{ ...model, lables: [] }] }, 'models[0].lables is not known here'],
  [{ models: [model, model] }, 'models[1].id must be unique, but it is "x"'],
  [
    { models: [{ ...model, id: 'bertql/sst2-minilm' }] },
    'models[0].id must not be one of the models that come with bertql',
  ],
  [
    { defaults: { NER: 'none' } },
    'defaults.NER must be one of bertql/conll-ner-minilm, dslim/bert-base-NER, but it is "none"',
  ],
  [{ defaults: { SENTIMENT: 'dslim/bert-base-NER' } }, 'defaults.SENTIMENT must be one of'],
])('%j is refused with the file and the field', (wrong, message) => {
  expect(() => register(wrong)).toThrow(RegistrationError);
  expect(() => register(wrong)).toThrow(message);
  expect(() => register(wrong)).toThrow(FILE);
});

test('MODELS_CONFIG may be a file or the JSON itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bertql-config-'));
  const file = join(folder, 'models.json');
  await writeFile(file, '[]');
  expect(loadConfig({ MODELS_CONFIG: file }).modelsConfig).toEqual({ name: file, text: '[]' });
  expect(loadConfig({ MODELS_CONFIG: '{}' }).modelsConfig).toEqual({ name: 'MODELS_CONFIG', text: '{}' });
  expect(() => loadConfig({ MODELS_CONFIG: join(folder, 'none.json') })).toThrow(
    /MODELS_CONFIG.*none\.json cannot be read/,
  );
  expect(() => registeredModels({ name: file, text: '{,}' })).toThrow(`${file} is not JSON`);
  await rm(folder, { recursive: true });
});

test('the settings of the hub are those of the Python package', () => {
  const hub = (variables: Record<string, string>) =>
    loadConfig({ HF_HUB_DISABLE_IMPLICIT_TOKEN: '1', ...variables }).hub;
  expect(hub({ HF_HOME: '/h' }).cacheDirectory).toBe('/h/hub');
  expect(hub({ XDG_CACHE_HOME: '/x' }).cacheDirectory).toBe('/x/huggingface/hub');
  expect(hub({ HF_HOME: '/h', HF_HUB_CACHE: '/c' }).cacheDirectory).toBe('/c');
  expect(hub({})).toMatchObject({
    endpoint: 'https://huggingface.co',
    isHub: true,
    token: undefined,
    offline: undefined,
  });
  expect(hub({ HF_ENDPOINT: 'http://mirror/hf/' })).toMatchObject({ endpoint: 'http://mirror/hf', isHub: false });
  expect(hub({ HF_TOKEN: 'hf_x' }).token).toBe('hf_x');
  expect(hub({ HF_HUB_OFFLINE: '1' }).offline).toBe('HF_HUB_OFFLINE');
  expect(hub({ TRANSFORMERS_OFFLINE: 'true' }).offline).toBe('TRANSFORMERS_OFFLINE');
  expect(hub({ HF_HUB_OFFLINE: '0' }).offline).toBeUndefined();
  expect(() => hub({ HF_ENDPOINT: 'mirror' })).toThrow('HF_ENDPOINT must be a URL');
});

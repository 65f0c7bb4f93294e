import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { Inference } from '../../src/inference/inference.ts';
import type { ModelEntry, ModelTask } from '../../src/models/catalogue.ts';
import { ModelRegistry } from '../../src/models/registry.ts';
import { entry, FIXTURES, type Fixture } from './fixtures.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bertql-model-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Copies a model, changes it, and loads it. Returns why it is refused, or `undefined`. */
async function refusal(
  name: Fixture,
  task: ModelTask,
  change: (path: string) => Promise<unknown> = async () => undefined,
  more: Partial<ModelEntry> = {},
): Promise<string | undefined> {
  await cp(join(FIXTURES, name), join(folder, name), { recursive: true });
  await change(join(folder, name));
  const config = loadConfig({ WORKERS: '1' });
  let inference: Inference | undefined;
  try {
    inference = new Inference(
      await ModelRegistry.open(folder, { ...config, entries: [entry(name, task, more)] }),
      config,
    );
    await inference.start();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll(folder, '…') : String(error);
  } finally {
    await inference?.close();
  }
}

/** Rewrites a JSON file; a setting that is `undefined` goes. */
const set = (file: string, settings: Readonly<Record<string, unknown>>) => async (path: string) => {
  const known = JSON.parse(await readFile(join(path, file), 'utf8')) as Record<string, unknown>;
  await writeFile(join(path, file), JSON.stringify({ ...known, ...settings }));
};

describe('a model is refused if', () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';
  test.each<[what: string, file: string, content: string, message: string]>([
    ['weights are a pointer', 'onnx/model.onnx', pointer, 'model.onnx cannot be used: it is a pointer of Git LFS'],
    [
      'weights are text',
      'onnx/model.onnx',
      'Entry not found',
      'model.onnx cannot be used: it is not in the ONNX format',
    ],
    [
      'tokenizer is a pointer',
      'tokenizer.json',
      pointer,
      'tokenizer.json is not a tokenizer that can be used: it is a pointer',
    ],
    [
      'configuration is a page',
      'config.json',
      '<!doctype html><p>Log in',
      'config.json cannot be read: it is a web page',
    ],
    ['configuration is empty', 'config.json', '', 'config.json cannot be read: it is empty'],
  ])('its %s', async (_, file, content, message) => {
    const write = (path: string) => writeFile(join(path, file), content);
    expect(await refusal('electra-bilou', 'NER', write, { dtype: 'fp32' })).toContain(message);
  });

  test('its architecture is for another task', async () => {
    expect(await refusal('roberta-bio', 'SENTIMENT')).toBe(
      '…/roberta-bio/config.json: its architecture must be one …ForSequenceClassification for SENTIMENT, but it is RobertaForTokenClassification.',
    );
  });

  test('its head is for another task, which only its weights show', async () => {
    const anonymous = set('config.json', { architectures: undefined });
    expect(await refusal('roberta-bio', 'SENTIMENT', anonymous, { dtype: 'fp32' })).toBe(
      'Model "roberta-bio" cannot be used: its head does not fit SENTIMENT with 7 labels: 7 numbers for each text were expected, so an output of shape [1, 7] for 3 tokens, but it is [1, 3, 7].',
    );
    expect(await refusal('roberta-unnamed', 'NER', anonymous)).toContain('[1, 3, 3] for 3 tokens, but it is [1, 3]');
  });

  test('it has another number of labels than names for them', async () => {
    const renamed = set('config.json', { id2label: { 0: 'O', 1: 'B-X', 2: 'I-X' } });
    expect(await refusal('roberta-bio', 'NER', renamed)).toContain(
      'with 3 labels: 3 numbers for each token were expected, so an output of shape [1, 3, 3] for 3 tokens, but it is [1, 3, 7]',
    );
    const more = { labels: ['O', 'B-X', 'I-X', 'B-Y'] };
    expect(await refusal('roberta-bio', 'NER', undefined, more)).toContain('with 4 labels');
  });

  test('it gives a number instead of a choice', async () => {
    const regression = set('config.json', { problem_type: 'regression', id2label: { 0: 'LABEL_0' } });
    expect(await refusal('roberta-unnamed', 'SENTIMENT', regression)).toBe(
      '…/roberta-unnamed/config.json: it must choose between at least two labels, but it has one output, which is a number and no choice.',
    );
  });

  test('its labels have no names, or twice the same', async () => {
    const unnamed = set('config.json', { id2label: { 0: 'O', 2: 'B-X' } });
    expect(await refusal('roberta-bio', 'NER', unnamed)).toBe(
      '…/roberta-bio/config.json: id2label must name label 1, but it has undefined.',
    );
    const twice = set('config.json', { id2label: { 0: 'O', 1: 'B-X', 2: 'B-X' } });
    expect(await refusal('roberta-bio', 'NER', twice)).toContain('two of its labels are named "B-X"');
  });

  test('it gives tokens several labels at once', async () => {
    const several = set('config.json', { problem_type: 'multi_label_classification' });
    expect(await refusal('roberta-bio', 'NER', several)).toContain('a token has one label at a time');
  });

  test('it has no tokenizer.json, and the message says what to do', async () => {
    expect(await refusal('roberta-bio', 'NER', (path) => rm(join(path, 'tokenizer.json')))).toMatch(
      /^…\/roberta-bio\/tokenizer\.json is missing or empty\..*save_pretrained/,
    );
  });

  test('its tokenizer is invalid or belongs to another model', async () => {
    const broken = (path: string) => writeFile(join(path, 'tokenizer.json'), '{}');
    expect(await refusal('roberta-bio', 'NER', broken)).toContain('tokenizer.json is not a tokenizer that can be used');
    const smaller = set('config.json', { vocab_size: 500 });
    expect(await refusal('roberta-bio', 'NER', smaller)).toBe(
      '…/roberta-bio/tokenizer.json has ids up to 699, but the model knows 500 (vocab_size in config.json): they do not belong together.',
    );
  });

  test('its tokenizer has no padding token', async () => {
    const source = await readFile(join(FIXTURES, 'roberta-bio/tokenizer.json'), 'utf8');
    const unpadded = async (path: string) => {
      await writeFile(join(path, 'tokenizer.json'), source.replaceAll('"<pad>"', '"<nothing>"'));
      await set('tokenizer_config.json', { pad_token: undefined })(path);
    };
    expect(await refusal('roberta-bio', 'NER', unpadded)).toContain('it has no padding token: name one as pad_token');
  });

  test('it has no weights of its dtype, and the message names that', async () => {
    expect(await refusal('roberta-bio', 'NER', undefined, { dtype: 'q4' })).toBe(
      '…/roberta-bio/onnx/model_q4.onnx is missing: dtype is q4. The folder has fp32 (onnx/model.onnx), fp16 (onnx/model_fp16.onnx), q8 (onnx/model_quantized.onnx).',
    );
    const none = (path: string) => rm(join(path, 'onnx'), { recursive: true });
    expect(await refusal('electra-bilou', 'NER', none)).toBe(
      '…/electra-bilou/onnx/model_quantized.onnx and …/electra-bilou/onnx/model.onnx are missing: dtype is auto. The folder has no weights in the ONNX format.',
    );
  });

  test('it needs an input that this server does not have', async () => {
    const renamed = async (path: string) => {
      const weights = await readFile(join(path, 'onnx/model.onnx'), 'latin1');
      await writeFile(join(path, 'onnx/model.onnx'), weights.replaceAll('attention_mask', 'attention_bias'), 'latin1');
    };
    expect(await refusal('electra-bilou', 'NER', renamed)).toBe(
      'Model "electra-bilou" cannot be used: it needs the input "attention_bias" (int64), but this server only has input_ids, attention_mask, token_type_ids (int64 or int32).',
    );
  });

  test('its weights are damaged', async () => {
    // It begins as ONNX does.
    const damaged = (path: string) => writeFile(join(path, 'onnx/model.onnx'), '\x08no weights');
    expect(await refusal('electra-bilou', 'NER', damaged)).toMatch(/^Model "electra-bilou" cannot be used: /);
  });

  test('it has no room for tokens', async () => {
    const short = set('config.json', { max_position_embeddings: 8 });
    expect(await refusal('roberta-bio', 'NER', short)).toContain('must leave room for at least 8 tokens, but it is 8');
    const without = set('config.json', { max_position_embeddings: undefined });
    expect(await refusal('roberta-bio', 'NER', without)).toContain('max_position_embeddings is missing');
  });
});

describe('a model is accepted', () => {
  test('with its weights next to its configuration, and without tokenizer_config.json', async () => {
    const flat = async (path: string) => {
      await rename(join(path, 'onnx/model.onnx'), join(path, 'model.onnx'));
      await rm(join(path, 'onnx'), { recursive: true });
      await rm(join(path, 'tokenizer_config.json'));
    };
    expect(await refusal('xlm-roberta-iobes', 'NER', flat)).toBeUndefined();
  });

  test('with weights of another name and labels from the registration', async () => {
    const renamed = (path: string) => rename(join(path, 'onnx/model.onnx'), join(path, 'onnx/best.onnx'));
    const names = { file: 'onnx/best.onnx', labels: ['bad', 'middling', 'good'] };
    expect(await refusal('roberta-unnamed', 'SENTIMENT', renamed, names)).toBeUndefined();
  });

  test('as a tokenizer, for which no other file is read', async () => {
    const alone = async (path: string) => {
      await rm(join(path, 'onnx'), { recursive: true });
      await rm(join(path, 'config.json'));
    };
    expect(await refusal('deberta-plain', 'TOKENIZATION', alone)).toBeUndefined();
  });
});

import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { Inference } from '../../src/inference/inference.ts';
import { ModelRegistry } from '../../src/models/registry.ts';
import { logDevices } from '../../src/server/log.ts';
import { entry, FIXTURES, GOLDEN, NER_MODELS, useModels } from './fixtures.ts';

const TEXTS = GOLDEN['roberta-bio'].map(({ text }) => text);

describe('weights of several types', () => {
  const dtypes = ['fp32', 'fp16', 'q8'] as const;
  const models = useModels(dtypes.map((dtype) => entry('roberta-bio', 'NER', { id: dtype, dtype })));

  test.each(dtypes)('are reported and used: %s', async (dtype) => {
    const model = models.registry.resolve('NER', dtype);
    expect([model.dtype, model.device, model.state]).toEqual([dtype, 'cpu', 'READY']);
    expect(model.weights?.path).toMatch({ fp32: /model\.onnx$/, fp16: /_fp16\.onnx$/, q8: /_quantized\.onnx$/ }[dtype]);
  });

  test('in half precision give nearly the same scores', async () => {
    const score = async (model: string) =>
      (await models.document('The King of Bohemia').entities({ model, aggregation: 'NONE', minConfidence: 0 })).map(
        ({ type, confidence }) => ({ type, confidence }),
      );
    const [single, half] = [await score('fp32'), await score('fp16')];
    expect(half).toEqual(single.map(({ type, confidence }) => ({ type, confidence: expect.closeTo(confidence, 2) })));
    expect(half).not.toEqual(single);
  });

  test.each(dtypes)('give the same scores whatever a text’s batch-mates are: %s', async (id) => {
    const read = (text: string) => models.document(text).entities({ model: id, aggregation: 'NONE', minConfidence: 0 });
    const bare = (entities: Awaited<ReturnType<typeof read>>) =>
      entities.map(({ type, confidence }) => ({ type, confidence }));
    const alone: ReturnType<typeof bare>[] = [];
    for (const text of TEXTS) alone.push(bare(await read(text)));
    const before = models.inference.counts;
    const together = (await Promise.all(TEXTS.map(read))).map(bare);
    const { sequences, batches } = models.inference.counts;
    const isShared = batches - before.batches < sequences - before.sequences;
    // Dynamic int8 takes the scales of its activations over the whole batch, so there each text runs alone.
    expect([models.registry.resolve('NER', id).batchInvariant, isShared]).toEqual([id !== 'q8', id !== 'q8']);
    if (id === 'q8') expect(together).toEqual(alone);
    const digits = id === 'fp16' ? 2 : 5;
    together.forEach((entities, index) => {
      expect(entities).toEqual(
        alone[index]?.map(({ type, confidence }) => ({ type, confidence: expect.closeTo(confidence, digits) })),
      );
    });
  });
});

describe('the dtype auto', () => {
  const opened = async (name: string, settings: Readonly<Record<string, string>>) => {
    const registry = await ModelRegistry.open(FIXTURES, { ...loadConfig(settings), entries: [entry(name, 'NER')] });
    const { dtype, requestedDevice } = registry.resolve('NER');
    return [dtype, requestedDevice];
  };

  test('is int8 on the CPU, and fp32 if there is no such file', async () => {
    expect(await opened('roberta-bio', { DEVICE: 'cpu' })).toEqual(['q8', 'cpu']);
    expect(await opened('electra-bilou', { DEVICE: 'cpu' })).toEqual(['fp32', 'cpu']);
  });

  test('is fp16 on other devices, and fp32 if there is no such file', async () => {
    expect(await opened('roberta-bio', { DEVICE: 'cuda' })).toEqual(['fp16', 'cuda']);
    expect(await opened('electra-bilou', { DEVICE: 'webgpu' })).toEqual(['fp32', 'webgpu']);
  });

  test('is overridden by a model’s own dtype', async () => {
    expect(await opened('roberta-bio', { DEVICE: 'cpu', DTYPE: 'fp16' })).toEqual(['fp16', 'cpu']);
    expect(await opened('roberta-bio', { DEVICE: 'cuda', DTYPE: 'q8' })).toEqual(['q8', 'cpu']);
  });
});

// CoreML is for macOS alone and DirectML for Windows, so one of them cannot be had on any machine.
const MISSING = process.platform === 'darwin' ? 'dml' : 'coreml';

describe('a device that is not available', () => {
  const models = useModels(
    [
      entry('roberta-bio', 'NER', { dtype: 'fp32' }),
      entry('deberta-plain', 'NER'),
      entry('roberta-bio', 'NER', { id: 'int8', dtype: 'q8' }),
    ],
    { DEVICE: MISSING },
  );

  test('leaves the models on the CPU, on which they work as usual', async () => {
    for (const model of models.registry.models) expect([model.device, model.state]).toEqual(['cpu', 'READY']);
    const [golden] = GOLDEN['roberta-bio'];
    const found = await models.document(golden?.text ?? '').entities({ aggregation: 'NONE', minConfidence: 0 });
    expect(found.map(({ type }) => type)).toEqual(golden?.none.map(([type]) => type));
  });

  test('is reported in one line per reason', () => {
    const lines: string[] = [];
    const sink = new Writable({
      write(line, _encoding, done) {
        lines.push(JSON.parse(String(line)).msg);
        done();
      },
    });
    logDevices(pino(sink), models.registry.models);
    expect(lines).toEqual([
      expect.stringMatching(
        `^on the CPU: roberta-bio, deberta-plain \\(${MISSING} cannot be used: Unsupported device: "${MISSING}"\\. Should be one of: .*cpu\\.\\)$`,
      ),
      `on the CPU: int8 (weights in q8 are for the CPU, not for ${MISSING})`,
    ]);
  });
});

test('a model is loaded if another one cannot be, and nothing is left running', async () => {
  const config = loadConfig({ WORKERS: '2' });
  const entries = [entry('roberta-bio', 'NER', { dtype: 'fp32', labels: ['O', 'X'] }), entry('electra-bilou', 'NER')];
  const inference = new Inference(await ModelRegistry.open(FIXTURES, { ...config, entries }), config);
  await expect(inference.start()).rejects.toThrow('Model "roberta-bio" cannot be used: its head does not fit NER');
  await inference.close();
  expect(inference.workers.ready).toBe(0);
});

describe('the longest input', () => {
  const models = useModels();

  test.each(NER_MODELS)('of %s is as long as its positions', async (model) => {
    const text = 'Sherlock Holmes lives in Baker Street, London. '.repeat(40);
    const { maxTokens } = models.registry.resolve('NER', model);
    expect(maxTokens).toBe(64);
    const entities = await models.document(text).entities({ model, aggregation: 'SIMPLE', minConfidence: 0 });
    expect(entities.length).toBeGreaterThan(20);
    const coverage = await models.document(text).coverage(model);
    expect(coverage.chunkCount).toBeGreaterThan(5);
  });

  test('is the length that a long text is truncated to, or read in windows of', async () => {
    const text = 'I am happy. '.repeat(100);
    const cut = await models.document(text).sentiment('distilbert-multilabel', 'TRUNCATE');
    expect([cut.tokensUsed, cut.truncated]).toEqual([64, true]);
    const whole = await models.document(text).sentiment('distilbert-multilabel', 'WINDOWS');
    expect([whole.tokensUsed, whole.truncated]).toEqual([whole.tokenCount, false]);
    for (const { probability } of whole.probabilities) {
      expect(probability).toBeGreaterThanOrEqual(0);
      expect(probability).toBeLessThanOrEqual(1);
    }
  });
});

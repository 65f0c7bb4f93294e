import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '../../src/config.ts';
import { parseConll } from '../../src/evaluation/conll-file.ts';
import { evaluateNer } from '../../src/evaluation/ner-evaluation.ts';
import { evaluateSentiment } from '../../src/evaluation/sentiment-evaluation.ts';
import { sourceOf } from '../../src/evaluation/source.ts';
import { type EvaluationOptions, forEachText } from '../../src/evaluation/text-runs.ts';
import { Inference } from '../../src/inference/inference.ts';
import { ModelRegistry } from '../../src/models/registry.ts';
import { documentOptions } from '../../src/server/document-options.ts';

let config: Config;
let inference: Inference;
beforeAll(async () => {
  config = loadConfig({ WORKERS: '1' });
  inference = new Inference(await ModelRegistry.open(config.modelsDirectory), config);
  await inference.start();
});
afterAll(() => inference.close());

function options(task: 'NER' | 'SENTIMENT', changes: Partial<EvaluationOptions> = {}): EvaluationOptions {
  const model = inference.registry.resolve(task);
  return { inference, documents: documentOptions(config), model, context: 'sentence', batch: 4, ...changes };
}

function conll(...lines: readonly string[]) {
  return parseConll(sourceOf('test.conll', lines.join('\n')));
}

const PLAIN = ['Ingrid B-PER', 'Solheim I-PER', 'lives O', 'in O', 'Oslo B-LOC', '. O'];
const NEXT = ['Nokia B-ORG', 'makes O', 'telephones O', '. O'];

describe('the evaluation of entities', () => {
  it('scores what the model finds', async () => {
    const result = await evaluateNer('test.conll', conll(...PLAIN, '', ...NEXT), options('NER'));
    expect(result).toMatchObject({
      documents: 1,
      sentences: 2,
      words: 10,
      accuracy: 1,
      unknownTypes: [],
      overall: { precision: 1, recall: 1, f1: 1, gold: 3, found: 3, correct: 3 },
    });
    expect(result.types.map(({ type }) => type)).toEqual(['LOC', 'ORG', 'PER']);
  });

  it('counts types that the model cannot find, and names them', async () => {
    const data = conll('Ingrid B-PER', 'Solheim O', 'lives O', 'in O', 'Oslo B-GPE', '. O');
    const result = await evaluateNer('test.conll', data, options('NER'));
    expect(result.unknownTypes).toEqual(['GPE']);
    expect(result.overall).toMatchObject({ gold: 2, found: 2, correct: 0 });
    expect(result.accuracy).toBe(4 / 6);
  });

  it('gives the same scores for IOB1 and IOB2', async () => {
    const iob1 = conll(...[...PLAIN, '', ...NEXT].map((line) => line.replace('B-', 'I-')));
    const iob2 = conll(...PLAIN, '', ...NEXT);
    expect(await evaluateNer('x', iob1, options('NER'))).toEqual(await evaluateNer('x', iob2, options('NER')));
  });

  it('runs one text per sentence or one per document', async () => {
    const data = conll('-DOCSTART- O', '', ...PLAIN, '', ...NEXT, '', '-DOCSTART- O', '', ...NEXT);
    const texts = async (context: EvaluationOptions['context']) => {
      let most = 0;
      const onProgress = (_: number, total: number) => {
        most = total;
      };
      const { overall, sentences, documents } = await evaluateNer('x', data, options('NER', { context, onProgress }));
      return { texts: most, sentences, documents, correct: overall.correct };
    };
    expect(await texts('sentence')).toEqual({ texts: 3, sentences: 3, documents: 2, correct: 4 });
    expect(await texts('document')).toEqual({ texts: 2, sentences: 3, documents: 2, correct: 4 });
  });

  it('gives the same scores however many texts are in progress', async () => {
    const data = conll(...Array.from({ length: 40 }, (_, index) => [...(index % 3 ? PLAIN : NEXT), '']).flat());
    const one = await evaluateNer('x', data, options('NER', { batch: 1 }));
    expect(await evaluateNer('x', data, options('NER', { batch: 32 }))).toEqual(one);
    expect(one.sentences).toBe(40);
  });

  it('reads words that the model cannot see', async () => {
    const result = await evaluateNer('x', conll('\u0001 O', '\u200b B-LOC', '', ...PLAIN), options('NER'));
    expect(result.overall).toMatchObject({ gold: 3, found: 2, correct: 2 });
  });
});

describe('the evaluation of sentiment', () => {
  const texts = [
    { text: 'A warm, funny film.', line: 2, label: 1 },
    { text: 'A dull, endless film.', line: 3, label: 0 },
    { text: 'A wonderful film.', line: 4, label: 0 },
  ];

  it('scores the labels of the model', async () => {
    const result = await evaluateSentiment('test.tsv', texts, options('SENTIMENT'));
    expect(result).toMatchObject({
      texts: 3,
      truncated: 0,
      accuracy: 2 / 3,
      confusion: [
        [1, 1],
        [0, 1],
      ],
    });
    expect(result.logLoss).toBeGreaterThan(0.5);
    expect(result.calibrationError).toBeGreaterThan(0.2);
  });

  it('truncates a long text in the context of a sentence, and reads all of it in that of a document', async () => {
    const text = `${'I liked the film. '.repeat(150)}${'It was dull and endless. '.repeat(300)}`;
    const long = [{ text, line: 2, label: 0 }];
    const cut = await evaluateSentiment('test.tsv', long, options('SENTIMENT'));
    const whole = await evaluateSentiment('test.tsv', long, options('SENTIMENT', { context: 'document' }));
    expect(cut).toMatchObject({ truncated: 1, accuracy: 0 });
    expect(whole).toMatchObject({ truncated: 0, accuracy: 1 });
  });

  it('names the line of a text that cannot be read', async () => {
    const bad = [...texts, { text: '\u0001\u0002', line: 7, label: 0 }];
    const run = evaluateSentiment('test.tsv', bad, options('SENTIMENT'));
    await expect(run).rejects.toMatchObject({ name: 'DataError', line: 7 });
    await expect(run).rejects.toThrow(/^test\.tsv, line 7: The text has nothing to read/);
  });
});

describe('the texts of an evaluation', () => {
  const texts = Array.from({ length: 10 }, (_, index) => ({ text: `text ${index}`, line: index + 1 }));

  it('are limited in number at a time, and have their outcomes in order', async () => {
    let underWay = 0;
    let most = 0;
    const progress: number[] = [];
    const onProgress = (done: number) => progress.push(done);
    const outcomes = await forEachText('x', texts, options('NER', { batch: 3, onProgress }), async (_, { line }) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, line % 3));
      underWay--;
      return line;
    });
    expect(most).toBe(3);
    expect(outcomes).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(progress).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('are not begun after a failure', async () => {
    const begun: number[] = [];
    const run = forEachText('x', texts, options('NER', { batch: 2 }), async (_, { line }) => {
      begun.push(line);
      await new Promise((resolve) => setImmediate(resolve));
      if (line === 4) throw new Error('broken');
    });
    await expect(run).rejects.toThrow('broken');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(begun.length).toBeLessThan(7);
  });

  it('stop when the signal is aborted', async () => {
    const signal = AbortSignal.abort();
    const data = conll(...PLAIN);
    await expect(evaluateNer('x', data, options('NER', { signal }))).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

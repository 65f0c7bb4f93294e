import { describe, expect, test } from 'vitest';
import {
  DetokenizeDocument,
  EntitiesDocument,
  ModelsDocument,
  SentimentsDocument,
  TokenizeDocument,
} from '../../src/client/graphql.ts';
import { bare, chunksOf, documentOn, eventsOf, STRATEGIES } from '../documents/reading.ts';
import { useService } from '../service.ts';
import { FIXTURES, GOLDEN, NER_MODELS } from './fixtures.ts';

const TEXT = 'Sherlock Holmes met Łukasz 😀 in São Paulo.\nIrene Adler, of New Jersey, didn’t. '.repeat(12);

describe('registered models', () => {
  const service = useService({
    DEVICE: 'cpu',
    MODELS_CONFIG: JSON.stringify({
      models: [
        ...NER_MODELS.map((id) => ({ id, task: 'NER', folder: `${FIXTURES}/${id}` })),
        {
          id: 'stars',
          task: 'SENTIMENT',
          folder: `${FIXTURES}/roberta-unnamed`,
          labels: ['bad', 'middling', 'good'],
          license: 'MIT',
        },
      ],
      defaults: { SENTIMENT: 'stars' },
    }),
  });

  test('are described correctly', async () => {
    await service.data(EntitiesDocument, { text: TEXT, model: 'roberta-bio' });
    const { models } = await service.data(ModelsDocument);
    expect(models.find(({ id }) => id === 'roberta-bio')).toMatchObject({
      task: 'NER',
      state: 'READY',
      bundled: false,
      labels: ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC', 'B-ORG', 'I-ORG'],
      maxTokens: 64,
      vocabularySize: 700,
      device: 'cpu',
      dtype: 'q8',
    });
  });

  test('tokenize with their own special tokens and padding', async () => {
    const [golden] = GOLDEN['roberta-bio'];
    const text = golden?.text ?? '';
    const { tokenize } = await service.data(TokenizeDocument, {
      text,
      model: 'roberta-bio',
      padding: 'MAX_LENGTH',
      maxLength: 40,
    });
    const count = golden?.ids.length ?? 0;
    expect(tokenize.ids.slice(0, count)).toEqual(golden?.ids);
    expect(tokenize.ids.slice(count)).toEqual(Array(40 - count).fill(1));
    expect(tokenize.attentionMask).toEqual(tokenize.ids.map((_, index) => (index < count ? 1 : 0)));
    expect([tokenize.tokens[0]?.text, tokenize.tokens[count - 1]?.text, tokenize.tokens[count]?.text]).toEqual([
      '<s>',
      '</s>',
      '<pad>',
    ]);
    for (const { start, end, special, text: token } of tokenize.tokens) {
      if (!special && start != null && end != null) expect(token).toContain(text.slice(start, end).trim());
    }
    const cut = await service.data(TokenizeDocument, { text, model: 'roberta-bio', truncation: true, maxLength: 5 });
    expect([cut.tokenize.ids.length, cut.tokenize.ids.at(-1), cut.tokenize.tokenCount]).toEqual([5, 2, count]);
  });

  test.each(NER_MODELS)('decode tokens to the text: %s', async (model) => {
    const text = 'Sherlock Holmes of London';
    const { tokenize } = await service.data(TokenizeDocument, { text, model });
    const { detokenize } = await service.data(DetokenizeDocument, { ids: tokenize.ids, model });
    expect(detokenize).toBe(model === 'electra-bilou' ? text.toLowerCase() : text);
  });

  describe.each(NER_MODELS)('%s', (model) => {
    test.each(STRATEGIES)('streams the same as it answers at once under %s', async (aggregation) => {
      const options = { model, aggregation };
      const read = { chunkTokens: 32, overlapTokens: 4 };
      const whole = bare(await documentOn(service, TEXT, read).entities({ ...options, minConfidence: 0 }));
      const events = await eventsOf(service, documentOn(service, TEXT, read), options);
      expect(chunksOf(events).flatMap(({ entities }) => bare(entities))).toEqual(whole);
      expect(whole.length).toBeGreaterThan(0);
      for (const { text, span } of whole) expect(text).toBe(TEXT.slice(span.start, span.end));
    });

    test('resumes after any cursor', async () => {
      const read = { chunkTokens: 32, overlapTokens: 4 };
      const all = chunksOf(await eventsOf(service, documentOn(service, TEXT, read), { model }));
      for (const [index, { cursor }] of all.entries()) {
        const rest = chunksOf(await eventsOf(service, documentOn(service, TEXT, read), { model }, cursor));
        expect(rest.map(({ entities }) => bare(entities))).toEqual(
          all.slice(index + 1).map(({ entities }) => bare(entities)),
        );
      }
    });
  });

  test('have types without the marks of their scheme', async () => {
    const { entities } = await service.data(EntitiesDocument, {
      text: TEXT,
      model: 'xlm-roberta-iobes',
      types: ['LOC'],
    });
    for (const { type } of entities) expect(type).toBe('LOC');
    const { errors } = await service.ask(EntitiesDocument, { text: TEXT, model: 'xlm-roberta-iobes', types: ['ORG'] });
    expect(errors?.[0]?.message).toBe('types: "xlm-roberta-iobes" knows PER, LOC, but not "ORG".');
  });

  test('can be the default of a task, with labels from the registration', async () => {
    const { sentiments } = await service.data(SentimentsDocument, { texts: ['It was fine.', ' \n ', '😀'] });
    expect(sentiments.map(({ __typename }) => __typename)).toEqual([
      'SentimentResult',
      'TextProblem',
      'SentimentResult',
    ]);
    const [first, blank] = sentiments;
    if (first?.__typename !== 'SentimentResult' || blank?.__typename !== 'TextProblem') throw new Error('no result');
    expect(first.probabilities.map(({ label }) => label)).toEqual(['bad', 'middling', 'good']);
    expect(first.probabilities.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    expect(blank.code).toBe('EMPTY_TEXT');
  });
});

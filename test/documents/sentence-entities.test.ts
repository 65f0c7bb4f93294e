import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { TypedDocumentString } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { documentOn } from './reading.ts';
import { NAMES, trickyText } from './unicode.ts';

const service = useService();

interface Sentences {
  readonly document: {
    readonly entities: readonly {
      readonly id: string;
      readonly start: number;
      readonly sentence: { readonly index: number; readonly start: number; readonly end: number } | null;
    }[];
    readonly sentences: readonly {
      readonly index: number;
      readonly start: number;
      readonly end: number;
      readonly entities: readonly { readonly id: string }[];
    }[];
  };
}

const Sentences = new TypedDocumentString<Sentences, { text: string }>(`
  query ($text: String!) {
    document(text: $text, offsetEncoding: UTF8_BYTE) {
      entities { id start sentence { index start end } }
      sentences { index start end entities { id } }
    }
  }`);

const text = fc
  .array(fc.tuple(trickyText, fc.constantFrom(...NAMES), fc.constantFrom('. ', '! ', '\n\n', '。', ' ')), {
    maxLength: 8,
  })
  .map((parts) => parts.flat().join(''));

test('every entity is only in the list of the sentence that it begins in', async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(text, async (text) => {
      const { entities, sentences } = (await service.data(Sentences, { text })).document;
      for (const { start, sentence } of entities) {
        expect(sentence?.start).toBeLessThanOrEqual(start);
        expect(sentence?.end).toBeGreaterThan(start);
        expect(sentences[sentence?.index ?? -1]).toMatchObject({ ...sentence });
      }
      expect(sentences.map(({ index }) => index)).toEqual([...sentences.keys()]);
      expect(sentences.flatMap((sentence) => sentence.entities)).toEqual(entities.map(({ id }) => ({ id })));
      found += entities.length;
    }),
    { numRuns: 40 },
  );
  expect(found).toBeGreaterThan(100);
});

test('a blank line splits a name, and each half is in its own sentence', async () => {
  const text = 'She flew to New\n\nYork. She saw Berlin.';
  const { entities, sentences } = (await service.data(Sentences, { text })).document;
  expect(entities.map(({ sentence }) => sentence?.index)).toEqual([0, 1, 2]);
  expect(sentences.map((sentence) => sentence.entities.length)).toEqual([1, 1, 1]);
});

test('the entities are grouped once, however many sentences select theirs', async () => {
  const document = documentOn(service, 'Anna met Bob. '.repeat(50));
  const entities = vi.spyOn(document, 'entities');
  const sentences = await document.sentences();
  const inSentences = await Promise.all(sentences.map((sentence) => document.entitiesIn(sentence)));
  expect(inSentences.map(({ length }) => length)).toEqual(Array.from({ length: 50 }, () => 2));
  expect(entities).toHaveBeenCalledTimes(1);
});

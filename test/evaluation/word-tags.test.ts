import { describe, expect, it } from 'vitest';
import { joinWords, tagWords } from '../../src/evaluation/word-tags.ts';

/** Tags of the words of sentences whose joined text has entities at the given stretches, each found from the last one's end. */
function tagged(sentences: readonly string[], entities: readonly (readonly [text: string, type: string])[]) {
  const { text, words } = joinWords(sentences.map((sentence) => ({ words: sentence.split(' ') })));
  let from = 0;
  const spans = entities.map(([stretch, type]) => {
    const start = text.indexOf(stretch, from);
    if (start < 0) throw new Error(`"${stretch}" is not in the text`);
    from = start + stretch.length;
    return { span: { start, end: from }, type };
  });
  return tagWords(words, spans).map((tags) =>
    tags.map(({ mark, type }) => (type ? `${mark}-${type}` : mark)).join(' '),
  );
}

describe('words as a text', () => {
  it('are joined by spaces, and sentences by blank lines', () => {
    const { text, words } = joinWords([{ words: ['In', 'Paris', '.'] }, { words: ['😀', 'fine'] }]);
    expect(text).toBe('In Paris .\n\n😀 fine');
    expect(words.map((sentence) => sentence.map(({ start, end }) => text.slice(start, end)))).toEqual([
      ['In', 'Paris', '.'],
      ['😀', 'fine'],
    ]);
  });
});

describe('the tags of words', () => {
  it.each<{ what: string; sentences: string[]; entities: [string, string][]; tags: string[] }>([
    { what: 'no entity', sentences: ['all is well'], entities: [], tags: ['O O O'] },
    {
      what: 'entities of whole words',
      sentences: ['Ada Byron went to Paris'],
      entities: [
        ['Ada Byron', 'PER'],
        ['Paris', 'LOC'],
      ],
      tags: ['B-PER I-PER O O B-LOC'],
    },
    {
      what: 'neighbours of one type',
      sentences: ['Bonn Paris Rome'],
      entities: [
        ['Bonn', 'LOC'],
        ['Paris Rome', 'LOC'],
      ],
      tags: ['B-LOC B-LOC I-LOC'],
    },
    {
      what: 'an entity in the midst of a word',
      sentences: ['a Paris-based firm'],
      entities: [['Paris', 'LOC']],
      tags: ['O B-LOC O'],
    },
    {
      what: "an entity at a word's end",
      sentences: ['an anti-French law'],
      entities: [['French', 'MISC']],
      tags: ['O B-MISC O'],
    },
    {
      what: 'boundaries inside words at both ends',
      sentences: ['the ex-Bank of England-led plan'],
      entities: [['Bank of England', 'ORG']],
      tags: ['O B-ORG I-ORG I-ORG O'],
    },
    {
      what: 'a word that two entities share',
      sentences: ['the Bonn-Paris train'],
      entities: [
        ['Bonn', 'LOC'],
        ['Paris', 'ORG'],
      ],
      tags: ['O B-LOC O'],
    },
    {
      what: 'a shared word with an entity that continues after it',
      sentences: ['New York/Reuters News said'],
      entities: [
        ['New York', 'LOC'],
        ['Reuters News', 'ORG'],
      ],
      tags: ['B-LOC I-LOC B-ORG O'],
    },
    {
      what: 'an entity across a sentence end',
      sentences: ['he left Paris', 'France won', 'then'],
      entities: [['Paris\n\nFrance', 'LOC']],
      tags: ['O O B-LOC', 'B-LOC O', 'O'],
    },
    {
      what: 'an entity over a whole sentence between others',
      sentences: ['a b', 'c d', 'e f'],
      entities: [['b\n\nc d\n\ne', 'ORG']],
      tags: ['O B-ORG', 'B-ORG I-ORG', 'B-ORG O'],
    },
    {
      what: 'words that the tokenizer passes over',
      sentences: ['New \u0001 York \u0001'],
      entities: [['New \u0001 York', 'LOC']],
      tags: ['B-LOC I-LOC I-LOC O'],
    },
    {
      what: 'characters of two code units',
      sentences: ['😀 in 𝐏aris 😀'],
      entities: [['𝐏aris', 'LOC']],
      tags: ['O O B-LOC O'],
    },
  ])('with $what', ({ sentences, entities, tags }) => {
    expect(tagged(sentences, entities)).toEqual(tags);
  });
});

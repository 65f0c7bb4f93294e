import type { Span } from '../documents/span.ts';
import { OUTSIDE, type Tag } from './tags.ts';

/** Sentences of words joined to one text, with the position of each word. */
export interface JoinedText {
  readonly text: string;
  /** Sentence by sentence, word by word. */
  readonly words: readonly (readonly Span[])[];
}

/** A range of a text with a type. */
export interface TypedSpan {
  readonly span: Span;
  readonly type: string;
}

/** A paragraph's end, which always ends a sentence: the data says where sentences end. */
const SENTENCE_GAP = '\n\n';

/** Joins words with spaces and sentences with blank lines. */
export function joinWords(sentences: readonly { readonly words: readonly string[] }[]): JoinedText {
  const parts: string[] = [];
  let length = 0;
  const append = (part: string): Span => {
    const start = length;
    parts.push(part);
    length += part.length;
    return { start, end: length };
  };
  const words = sentences.map((sentence, index) => {
    if (index > 0) append(SENTENCE_GAP);
    return sentence.words.map((word, position) => {
      if (position > 0) append(' ');
      return append(word);
    });
  });
  return { text: parts.join(''), words };
}

/**
 * Tags each word with the entity that it overlaps, in IOB2. An entity that covers part of a word gets the whole word; a
 * word that several entities overlap belongs to the first, and the others begin after it. An entity that crosses a
 * sentence's end begins again in the next sentence, since the scorer has no entities across sentences.
 *
 * @param entities the entities in the order of the text, without overlaps
 */
export function tagWords(
  words: readonly (readonly Span[])[],
  entities: readonly TypedSpan[],
): readonly (readonly Tag[])[] {
  let next = 0;
  return words.map((sentence) => {
    let open: TypedSpan | undefined;
    return sentence.map((word) => {
      while ((entities[next]?.span.end ?? Number.POSITIVE_INFINITY) <= word.start) next++;
      const entity = entities[next];
      const goesOn = entity !== undefined && entity === open;
      open = entity && entity.span.start < word.end ? entity : undefined;
      return open ? { mark: goesOn ? 'I' : 'B', type: open.type } : OUTSIDE;
    });
  });
}

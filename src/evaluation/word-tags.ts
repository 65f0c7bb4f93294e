import type { Span } from '../documents/span.ts';
import { OUTSIDE, type Tag } from './tags.ts';

/** Sentences of words as one text, with the place of each word in it. */
export interface JoinedText {
  readonly text: string;
  /** Sentence by sentence, word by word. */
  readonly words: readonly (readonly Span[])[];
}

/** What is found in a text: where, and of which type. */
export interface TypedSpan {
  readonly span: Span;
  readonly type: string;
}

/** A paragraph's end, which ends a sentence whatever its last word is: the data knows its sentences. */
const SENTENCE_GAP = '\n\n';

/** Joins words by blanks and sentences by blank lines. */
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
 * Gives each word the tag of the entity that it overlaps, in IOB2. An entity that covers part of a word has the
 * whole word; a word that several entities overlap belongs to the first of them, and the others begin behind it.
 * An entity that goes past a sentence's end begins anew in the next sentence, since the scorer knows none across.
 *
 * @param entities in the order of the text, without overlaps
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

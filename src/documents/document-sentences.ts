import { countWhile } from './binary-search.ts';
import { resultId } from './result-id.ts';
import { type SentenceState, sentenceSteps } from './sentences.ts';
import type { Span } from './span.ts';
import { isBlank } from './text.ts';
import type { TextSource } from './text-source.ts';

/** A sentence of a document. */
export interface Sentence<D extends TextSource = TextSource> {
  readonly document: D;
  /** The same for the same text, unit of positions and range. */
  readonly id: string;
  readonly index: number;
  readonly text: string;
  /** Half-open range in the text, in the client's unit. */
  readonly start: number;
  readonly end: number;
  readonly span: Span;
}

/** What is before a document in a longer text of which it is the end. */
export interface Place {
  /** Number of UTF-16 code units before the document. */
  readonly unit: number;
  /** The same number in the client's unit of positions. */
  readonly position: number;
  /** Number of sentences before those of the document. */
  readonly sentences: number;
  /** The state of the scanner at the first of those; by default, it begins at the start of the document. */
  readonly scanner?: SentenceState | undefined;
}

/** The place of a document that is the whole text. */
export const WHOLE_TEXT: Place = { unit: 0, position: 0, sentences: 0 };

/**
 * Yields the sentences of a document, without those that show nothing, such as a paragraph of one zero-width space.
 * Yields `undefined` for steps without a sentence, so that the caller can yield to the event loop.
 */
export function* sentencesOf<D extends TextSource>(
  document: D,
  { unit, position, sentences, scanner }: Place = WHOLE_TEXT,
): Generator<Sentence<D> | undefined, void, void> {
  let index = sentences;
  for (const sentence of sentenceSteps(document.text, scanner)) {
    const start = sentence?.start ?? 0;
    const text = document.text.slice(start, sentence?.end ?? 0).replace(/\u0085+$/, '');
    if (isBlank(text)) {
      yield undefined;
      continue;
    }
    const span = { start: unit + start, end: unit + start + text.length };
    yield {
      document,
      get id() {
        return resultId('Sentence', [document.hash, document.offsetEncoding, span.start, span.end]);
      },
      index: index++,
      text,
      start: position + document.position(start),
      end: position + document.position(start + text.length),
      span,
    };
  }
}

/** The index of the first sentence that begins at or after a position (UTF-16). */
export function firstSentenceFrom(sentences: readonly Sentence[], position: number): number {
  return countWhile(sentences.length, (index) => (sentences[index]?.span.start ?? 0) < position);
}

/** The sentence that holds a position (UTF-16). */
export function sentenceAt<S extends Sentence>(sentences: readonly S[], position: number): S | undefined {
  const sentence = sentences[countWhile(sentences.length, (index) => (sentences[index]?.span.end ?? 0) <= position)];
  return sentence && sentence.span.start <= position ? sentence : undefined;
}

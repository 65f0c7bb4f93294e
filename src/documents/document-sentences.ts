import type { Document } from './document.ts';
import { splitSentences } from './sentences.ts';
import type { Span } from './span.ts';
import { isBlank } from './text.ts';

/** A sentence of a document. */
export interface Sentence {
  readonly document: Document;
  readonly index: number;
  readonly text: string;
  /** Half-open range in the text, in the client's unit. */
  readonly start: number;
  readonly end: number;
  readonly span: Span;
}

/** The sentences of a document; a stretch that shows nothing, such as a paragraph of a zero-width space, is none. */
export function sentencesOf(document: Document): readonly Sentence[] {
  return [...splitSentences(document.text)]
    .map((span) => ({ span, text: document.text.slice(span.start, span.end) }))
    .filter(({ text }) => !isBlank(text))
    .map(({ span, text }, index) => ({
      document,
      index,
      text,
      start: document.position(span.start),
      end: document.position(span.end),
      span,
    }));
}

/** The sentence in which a position (UTF-16) lies, by binary search. */
export function sentenceAt(sentences: readonly Sentence[], position: number): Sentence | undefined {
  let low = 0;
  let high = sentences.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sentences[middle]?.span.end ?? 0) <= position) low = middle + 1;
    else high = middle;
  }
  const sentence = sentences[low];
  return sentence && sentence.span.start <= position ? sentence : undefined;
}

/**
 * A one-word summary of a sentiment, for the page and the command line. It imports nothing, so that it runs in a
 * browser, too.
 */

/** The probabilities between which a text leans to neither of two labels. */
export const NEUTRAL = { from: 0.35, to: 0.65 } as const;

/** The part of a sentiment that the verdict looks at. */
export interface Judged {
  readonly label: string;
  readonly readable: boolean;
  readonly probabilities: readonly { readonly label: string; readonly probability: number }[];
}

/**
 * - `UNREADABLE`: the model knows no token of the text, as with emoji alone.
 * - `MIXED`: sentences of the text lean to different labels.
 * - `NEUTRAL`: its two labels are about equally likely, from 0.35 to 0.65.
 * - `LEANING`: the text leans to its label.
 */
export type Verdict = 'UNREADABLE' | 'MIXED' | 'NEUTRAL' | 'LEANING';

/**
 * The verdict on a text.
 *
 * @param sentences the sentiments of its sentences, if known; MIXED depends on them
 * @example
 * verdictOf(sentiment); // 'NEUTRAL' for "The acting was wooden, yet the story kept me hooked to the very end."
 * verdictOf(sentiment, document.sentences.map((sentence) => sentence.sentiment)); // 'MIXED'
 */
export function verdictOf(sentiment: Judged, sentences: Iterable<Judged | null | undefined> = []): Verdict {
  if (!sentiment.readable) return 'UNREADABLE';
  const sides = new Set<string>();
  for (const sentence of sentences) if (sentence && leaning(sentence)) sides.add(sentence.label);
  if (sides.size > 1) return 'MIXED';
  return leaning(sentiment) ? 'LEANING' : 'NEUTRAL';
}

/** Whether a text leans to a label. More than two labels, or independent ones, express neutrality in their own way. */
function leaning({ readable, probabilities }: Judged): boolean {
  if (!readable) return false;
  const [first, second] = probabilities;
  if (!first || !second || probabilities.length > 2 || Math.abs(first.probability + second.probability - 1) > 0.01) {
    return true;
  }
  return first.probability < NEUTRAL.from || first.probability > NEUTRAL.to;
}

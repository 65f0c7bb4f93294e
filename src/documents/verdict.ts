/**
 * What a sentiment amounts to in a word, as the page and the command line say it. It has no import, so that it runs in a
 * browser, too.
 */

/** Between these two probabilities a text of two labels leans to neither. */
export const NEUTRAL = { from: 0.35, to: 0.65 } as const;

/** A sentiment as the graph gives it, as far as its verdict is concerned. */
export interface Judged {
  readonly label: string;
  readonly readable: boolean;
  readonly probabilities: readonly { readonly label: string; readonly probability: number }[];
}

/**
 * - `UNREADABLE`: the model knows nothing of the text, as of emoji alone.
 * - `MIXED`: sentences of the text lean to different sides.
 * - `NEUTRAL`: its two labels are about equally likely, from 0.35 to 0.65.
 * - `LEANING`: its label says it.
 */
export type Verdict = 'UNREADABLE' | 'MIXED' | 'NEUTRAL' | 'LEANING';

/**
 * The verdict on a text.
 *
 * @param sentences the sentiments of its sentences, if they are known: MIXED comes from them
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

/** Whether a text leans to a side. More than two labels, or independent ones, have a way of their own to say neutral. */
function leaning({ readable, probabilities }: Judged): boolean {
  if (!readable) return false;
  const [first, second] = probabilities;
  if (!first || !second || probabilities.length > 2 || Math.abs(first.probability + second.probability - 1) > 0.01) {
    return true;
  }
  return first.probability < NEUTRAL.from || first.probability > NEUTRAL.to;
}

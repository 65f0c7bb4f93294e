import type { GraphAccess } from '../../client/graph-client.ts';
import {
  type LongText,
  SentimentDocument,
  SentimentOfSentencesDocument,
  type SentimentQuery,
} from '../../client/graphql.ts';
import { type Judged, type Verdict, verdictOf } from '../../documents/verdict.ts';
import { percent } from '../table.ts';
import { outputPen, outputWidth, type Style, shown, snippet } from '../terminal.ts';
import type { NamedText } from '../text-input.ts';
import { isOfTheText, runTextTask, type TextFlags } from './texts.ts';

export interface SentimentFlags extends TextFlags {
  readonly all?: true;
  readonly longText: LongText;
}

type Sentiment = SentimentQuery['sentiment'];

/** A sentiment with those of the sentences of its text, if they were asked for. */
interface Scored {
  readonly whole: Sentiment;
  readonly sentences: readonly Judged[];
}

export function scoreTexts(texts: readonly string[], flags: SentimentFlags, signal: AbortSignal): Promise<void> {
  const { model, longText, json } = flags;
  return runTextTask<Scored>(texts, flags, signal, {
    ask: async (graph, text) => {
      const { sentiment: whole } = await graph.query(SentimentDocument, { text, model, longText });
      const bySentence = !json && longText === 'WINDOWS' && whole.readable;
      return { whole, sentences: bySentence ? await sentimentOfSentences(graph, text, model) : [] };
    },
    print: (scored, input) => report(scored, input, flags.all === true),
    json: ({ whole: { label, readable, confidence, probabilities, tokenCount, tokensUsed, truncated, model } }) => ({
      label,
      readable,
      confidence,
      probabilities: Object.fromEntries(probabilities.map(({ label, probability }) => [label, probability])),
      tokenCount,
      tokensUsed,
      truncated,
      model: model.id,
    }),
  });
}

/** Empty if the server refuses that as too much; the text as a whole then speaks for itself. */
async function sentimentOfSentences(
  graph: GraphAccess,
  text: string,
  model: string | undefined,
): Promise<readonly Judged[]> {
  try {
    const { document } = await graph.query(SentimentOfSentencesDocument, { text, model });
    return document.sentences.map(({ sentiment }) => sentiment);
  } catch (failure) {
    if (isOfTheText(failure)) return [];
    throw failure;
  }
}

/** The verdicts that replace a label and its probability. */
export const VERDICTS: Readonly<Record<Exclude<Verdict, 'LEANING'>, string>> = {
  UNREADABLE: 'nothing readable',
  MIXED: 'mixed',
  NEUTRAL: 'neutral',
};

function report({ whole, sentences }: Scored, input: NamedText, all: boolean): string {
  const { label, confidence, probabilities, truncated, tokensUsed, tokenCount } = whole;
  const verdict = verdictOf(whole, sentences);
  const pen = outputPen();
  const width = Math.max(...probabilities.map(({ label }) => label.length));
  const place = input.name === undefined ? '' : `${shown(input.name)}  `;
  const cut = truncated ? `  (${tokensUsed} of ${tokenCount} tokens)` : '';
  const left = outputWidth() - width - 11 - place.length - cut.length;
  const scored = (of: string, probability: number) => `${shown(of).padEnd(width)}  ${percent(probability).padStart(7)}`;
  const judged =
    verdict === 'LEANING'
      ? pen.write(styleOf(label), scored(label, confidence))
      : pen.write('cyan', VERDICTS[verdict].padEnd(width + 9));
  const first = `${judged}  ${pen.write('dim', place)}${snippet(input.text, Math.max(20, left))}${pen.write('dim', cut)}`;
  if (!all || verdict === 'UNREADABLE') return first;
  const bars = probabilities.map(({ label, probability }) => {
    const bar = '▇'.repeat(Math.round(20 * probability));
    return `  ${scored(label, probability)}  ${pen.write(styleOf(label), bar)}`.trimEnd();
  });
  return [first, ...bars].join('\n');
}

function styleOf(label: string): Style {
  if (/^neg/i.test(label)) return 'red';
  return /^pos/i.test(label) ? 'green' : 'cyan';
}

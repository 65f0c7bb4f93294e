import { type Command, Option } from 'commander';
import { SentimentDocument, SentimentOfSentencesDocument, type SentimentQuery } from '../client/graphql.ts';
import { type Judged, verdictOf } from '../documents/verdict.ts';
import type { Graph } from './graph.ts';
import { percent } from './table.ts';
import { outputPen, outputWidth, type Style, shown, snippet } from './terminal.ts';
import { isOfTheText, runTextTask, type TextFlags, textCommand } from './text-command.ts';
import type { NamedText } from './text-input.ts';

interface SentimentFlags extends TextFlags {
  readonly all?: true;
  readonly longText: 'windows' | 'truncate';
}

type Sentiment = SentimentQuery['sentiment'];

/** A sentiment with those of the sentences of its text, if they are asked for. */
interface Scored {
  readonly whole: Sentiment;
  readonly sentences: readonly Judged[];
}

const EXAMPLES = `
Examples:
  bertql sentiment "I absolutely love this product!"
  bertql sentiment --all "It's decent for the price, but nothing special."
  bertql sentiment --lines --json <reviews.txt >scores.ndjson
  bertql sentiment --file letter.txt --server http://localhost:4000`;

/** Adds `bertql sentiment`. */
export function addSentiment(program: Command, signal: AbortSignal): void {
  const command = textCommand(program, 'sentiment')
    .summary('score the sentiment of texts')
    .description(
      'Scores the sentiment of texts: the most likely label, and how likely it is; or mixed, neutral or nothing readable.',
    )
    .option('-a, --all', 'print the probabilities of all labels')
    .addOption(
      new Option('--long-text <how>', 'what is done with texts longer than the model reads at once')
        .choices(['windows', 'truncate'])
        .default('windows'),
    )
    .addHelpText('after', EXAMPLES)
    .action((texts: string[], flags: SentimentFlags) =>
      runTextTask<Scored>(command, texts, flags, signal, {
        work: 'models',
        ask: async (graph, text) => {
          const model = flags.model ?? null;
          const longText = flags.longText === 'windows' ? 'WINDOWS' : 'TRUNCATE';
          const { sentiment: whole } = await graph.query(SentimentDocument, { text, model, longText });
          const isAsked = !flags.json && longText === 'WINDOWS' && whole.readable;
          return { whole, sentences: isAsked ? await sentimentOfSentences(graph, text, model) : [] };
        },
        print: (scored, input) => report(scored, input, flags.all === true),
        json: ({
          whole: { label, readable, confidence, probabilities, tokenCount, tokensUsed, truncated, model },
        }) => ({
          label,
          readable,
          confidence,
          probabilities: Object.fromEntries(probabilities.map(({ label, probability }) => [label, probability])),
          tokenCount,
          tokensUsed,
          truncated,
          model: model.id,
        }),
      }),
    );
}

/** None if the server refuses the text as too much for that; the text as a whole then speaks for itself. */
async function sentimentOfSentences(graph: Graph, text: string, model: string | null): Promise<readonly Judged[]> {
  try {
    const { document } = await graph.query(SentimentOfSentencesDocument, { text, model });
    return document.sentences.map(({ sentiment }) => sentiment);
  } catch (failure) {
    if (isOfTheText(failure)) return [];
    throw failure;
  }
}

/** What stands in place of a label and its probability. */
const WORDS = { UNREADABLE: 'nothing readable', MIXED: 'mixed', NEUTRAL: 'neutral' } as const;

function report({ whole, sentences }: Scored, input: NamedText, all: boolean): string {
  const { label, confidence, probabilities, ...rest } = whole;
  const verdict = verdictOf(whole, sentences);
  const pen = outputPen();
  const width = Math.max(...probabilities.map(({ label }) => label.length));
  const place = input.name === undefined ? '' : `${shown(input.name)}  `;
  const cut = rest.truncated ? `  (${rest.tokensUsed} of ${rest.tokenCount} tokens)` : '';
  const left = outputWidth() - width - 11 - place.length - cut.length;
  const text = snippet(input.text, Math.max(20, left));
  const judged =
    verdict === 'LEANING'
      ? `${pen.write(styleOf(label), shown(label).padEnd(width))}  ${percent(confidence).padStart(7)}`
      : pen.write('blue', WORDS[verdict].padEnd(width + 9));
  const first = `${judged}  ${pen.write('dim', place)}${text}${pen.write('dim', cut)}`;
  if (!all || verdict === 'UNREADABLE') return first;
  const others = probabilities.map(({ label, probability }) => {
    const bar = '▇'.repeat(Math.round(20 * probability));
    return `  ${shown(label).padEnd(width)}  ${percent(probability).padStart(7)}  ${pen.write(styleOf(label), bar)}`.trimEnd();
  });
  return [first, ...others].join('\n');
}

function styleOf(label: string): Style {
  if (/^neg/i.test(label)) return 'red';
  return /^pos/i.test(label) ? 'green' : 'blue';
}

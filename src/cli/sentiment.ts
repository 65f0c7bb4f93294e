import { type Command, Option } from 'commander';
import { SentimentDocument, type SentimentQuery } from '../client/graphql.ts';
import { percent } from './table.ts';
import { outputPen, outputWidth, type Style, shown, snippet } from './terminal.ts';
import { runTextTask, type TextFlags, textCommand } from './text-command.ts';
import type { NamedText } from './text-input.ts';

interface SentimentFlags extends TextFlags {
  readonly all?: true;
  readonly longText: 'windows' | 'truncate';
}

type Sentiment = SentimentQuery['sentiment'];

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
    .description('Scores the sentiment of texts: the most likely label, and how likely it is.')
    .option('-a, --all', 'print the probabilities of all labels')
    .addOption(
      new Option('--long-text <how>', 'what is done with texts longer than the model reads at once')
        .choices(['windows', 'truncate'])
        .default('windows'),
    )
    .addHelpText('after', EXAMPLES)
    .action((texts: string[], flags: SentimentFlags) =>
      runTextTask<Sentiment>(command, texts, flags, signal, {
        work: 'models',
        ask: async (graph, text) => {
          const longText = flags.longText === 'windows' ? 'WINDOWS' : 'TRUNCATE';
          return (await graph.query(SentimentDocument, { text, model: flags.model ?? null, longText })).sentiment;
        },
        print: (sentiment, input) => report(sentiment, input, flags.all === true),
        json: ({ label, confidence, probabilities, tokenCount, tokensUsed, truncated, model }) => ({
          label,
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

function report({ label, confidence, probabilities, ...rest }: Sentiment, input: NamedText, all: boolean): string {
  const pen = outputPen();
  const width = Math.max(...probabilities.map(({ label }) => label.length));
  const place = input.name === undefined ? '' : `${shown(input.name)}  `;
  const cut = rest.truncated ? `  (${rest.tokensUsed} of ${rest.tokenCount} tokens)` : '';
  const left = outputWidth() - width - 11 - place.length - cut.length;
  const text = snippet(input.text, Math.max(20, left));
  const first = `${pen.write(styleOf(label), shown(label).padEnd(width))}  ${percent(confidence).padStart(7)}  ${pen.write('dim', place)}${text}${pen.write('dim', cut)}`;
  if (!all) return first;
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

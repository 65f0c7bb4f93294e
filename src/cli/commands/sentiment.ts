import type { Command } from 'commander';
import type { SentimentFlags } from '../run/sentiment.ts';
import { choiceFlag, textCommand } from './flags.ts';

const EXAMPLES = `
Examples:
  bertql sentiment "I absolutely love this product!"
  bertql sentiment --all "It's decent for the price, but nothing special."
  bertql sentiment --lines --json <reviews.txt >scores.ndjson
  bertql sentiment --file letter.txt --server http://localhost:4000`;

/** Adds `bertql sentiment`. */
export function addSentiment(program: Command, signal: AbortSignal): void {
  const ways = { windows: 'WINDOWS', truncate: 'TRUNCATE' };
  textCommand(program, 'sentiment')
    .summary('score the sentiment of texts')
    .description(
      'Scores the sentiment of texts: the most likely label and its probability, or mixed, neutral or nothing readable.',
    )
    .option('-a, --all', 'print the probabilities of all labels')
    .addOption(
      choiceFlag('--long-text <how>', 'how to read texts longer than the model reads at once', ways, 'windows'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (texts: string[], flags: SentimentFlags) => {
      const { scoreTexts } = await import('../run/sentiment.ts');
      await scoreTexts(texts, flags, signal);
    });
}

import type { Command } from 'commander';
import type { TokenizeFlags } from '../run/tokenize.ts';
import { offsetsFlag, textCommand, wholeNumber } from './flags.ts';

const EXAMPLES = `
Examples:
  bertql tokenize "I love machine learning!"
  bertql tokenize --max-length 16 --pad --json "I love machine learning!"
  bertql tokenize --ids --lines <reviews.txt
  bertql tokenize --model bertql/conll-ner-minilm --no-special --file letter.txt`;

/** Adds `bertql tokenize`. */
export function addTokenize(program: Command, signal: AbortSignal): void {
  textCommand(program, 'tokenize')
    .summary('split texts into tokens')
    .description('Splits texts into tokens, each with its id and its place in the text.')
    .option('--max-length <tokens>', "length for --pad and --truncate (default: the model's)", wholeNumber(1))
    .option('--pad', 'fill up to that length')
    .option('--truncate', 'cut what is longer')
    .option('--no-special', 'leave out [CLS] and [SEP]')
    .option('--ids', 'print ids only, a line for each text')
    .addOption(offsetsFlag())
    .addHelpText('after', EXAMPLES)
    .action(async (texts: string[], flags: TokenizeFlags) => {
      const { tokenizeTexts } = await import('../run/tokenize.ts');
      await tokenizeTexts(texts, flags, signal);
    });
}

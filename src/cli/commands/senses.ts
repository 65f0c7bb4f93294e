import type { Command } from 'commander';
import type { SensesFlags } from '../run/senses.ts';
import { offsetsFlag, textCommand } from './flags.ts';

const EXAMPLES = `
Examples:
  bertql senses bank "He sat on the river bank." "She opened a bank account." "The bank of the stream was steep."
  bertql senses patient --lines <sentences.txt`;

/** Adds `bertql senses`. */
export function addSenses(program: Command, signal: AbortSignal): void {
  textCommand(program, 'senses', ['word', 'a word, or a phrase of several'])
    .summary('compare what a word means in many contexts')
    .description(
      'Finds a word in texts and prints how similar its meanings are there: a matrix of cosines, one row and one column for each occurrence.',
    )
    .addOption(offsetsFlag())
    .addHelpText('after', EXAMPLES)
    .action(async (word: string, texts: string[], flags: SensesFlags) => {
      const { compareSenses } = await import('../run/senses.ts');
      await compareSenses(word, texts, flags, signal);
    });
}

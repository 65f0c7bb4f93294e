import type { Command } from 'commander';
import type { SearchFlags } from '../run/search.ts';
import { offsetsFlag, textCommand, wholeNumber } from './flags.ts';

const EXAMPLES = `
Examples:
  bertql search "Who lived in Baker Street?" --file book.txt
  bertql search --first 1 --json "the red-headed man" --file book.txt`;

/** Adds `bertql search`. */
export function addSearch(program: Command, signal: AbortSignal): void {
  textCommand(program, 'search', ['query', 'a question, or what to look for'])
    .summary('find the passages of texts that answer a question')
    .description('Finds the passages of texts that are closest to a query in meaning, and prints where they are.')
    .option('-n, --first <count>', 'passages of each text', wholeNumber(1), 5)
    .addOption(offsetsFlag())
    .addHelpText('after', EXAMPLES)
    .action(async (query: string, texts: string[], flags: SearchFlags) => {
      const { searchTexts } = await import('../run/search.ts');
      await searchTexts(query, texts, flags, signal);
    });
}

import type { Command } from 'commander';
import type { SimilarityFlags } from '../run/similarity.ts';
import { modelFlag, serverFlags } from './flags.ts';

const EXAMPLES = `
Examples:
  bertql similarity "How do I reset my password?" "I cannot log in any more."`;

/** Adds `bertql similarity`. */
export function addSimilarity(program: Command, signal: AbortSignal): void {
  serverFlags(program.command('similarity').argument('<a>', 'a text').argument('<b>', 'another text'))
    .summary('compare the meanings of two texts')
    .description('Prints how similar two texts are in meaning: from -1 to 1, the cosine of their vectors.')
    .addOption(modelFlag())
    .option('--query', 'read both texts as queries, with the prefix that the model has for them')
    .option('--json', 'print a line of JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (a: string, b: string, flags: SimilarityFlags) => {
      const { compareTexts } = await import('../run/similarity.ts');
      await compareTexts(a, b, flags, signal);
    });
}

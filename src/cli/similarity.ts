import { type Command, Option } from 'commander';
import { SimilarityDocument } from '../client/graphql.ts';
import { openGraph } from './open-graph.ts';
import { requestOf, type TextFlags } from './text-command.ts';

const EXAMPLES = `
Examples:
  bertql similarity "How do I reset my password?" "I cannot log in any more."`;

/** Adds `bertql similarity`. */
export function addSimilarity(program: Command, signal: AbortSignal): void {
  program
    .command('similarity <a> <b>')
    .summary('compare the meanings of two texts')
    .description('Prints how alike two texts are in meaning: from -1 to 1, the cosine of their vectors.')
    .option('-m, --model <id>', "the model (default: the task's)")
    .option('--json', 'print a line of JSON')
    .addOption(new Option('-s, --server <url>', 'ask a running server').env('BERTQL_SERVER'))
    .addOption(new Option('--api-key <key>', 'the key or token for it; others can see arguments').env('BERTQL_API_KEY'))
    .addHelpText('after', EXAMPLES)
    .action(async (a: string, b: string, flags: TextFlags) => {
      const graph = await openGraph(requestOf([a], flags, 'models'), signal);
      try {
        const { similarity } = await graph.query(SimilarityDocument, { a, b, model: flags.model ?? null });
        process.stdout.write(`${flags.json ? JSON.stringify({ similarity }) : similarity.toFixed(4)}\n`);
      } finally {
        await graph.close();
      }
    });
}

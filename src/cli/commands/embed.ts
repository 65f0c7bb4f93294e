import type { Command } from 'commander';
import type { EmbedFlags } from '../run/embed.ts';
import { textCommand } from './flags.ts';

const EXAMPLES = `
Examples:
  bertql embed "The cat sits outside."
  bertql embed --lines --json <sentences.txt >vectors.ndjson
  bertql embed --query --model intfloat/e5-small-v2 --json "Where do cats sleep?"`;

/** Adds `bertql embed`. */
export function addEmbed(program: Command, signal: AbortSignal): void {
  textCommand(program, 'embed')
    .summary('make vectors of texts')
    .description('Makes vectors of texts: similar texts have similar vectors. --json prints all of their numbers.')
    .option('--query', 'read the texts as queries, with the prefix that the model has for them')
    .addHelpText('after', EXAMPLES)
    .action(async (texts: string[], flags: EmbedFlags) => {
      const { embedTexts } = await import('../run/embed.ts');
      await embedTexts(texts, flags, signal);
    });
}

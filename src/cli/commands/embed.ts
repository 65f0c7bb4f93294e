import type { Command } from 'commander';
import type { TextFlags } from '../run/texts.ts';
import { textCommand } from './flags.ts';

const EXAMPLES = `
Examples:
  bertql embed "The cat sits outside."
  bertql embed --lines --json <questions.txt >vectors.ndjson`;

/** Adds `bertql embed`. */
export function addEmbed(program: Command, signal: AbortSignal): void {
  textCommand(program, 'embed')
    .summary('make vectors of texts')
    .description('Makes vectors of texts: similar texts have similar vectors. --json prints all of their numbers.')
    .addHelpText('after', EXAMPLES)
    .action(async (texts: string[], flags: TextFlags) => {
      const { embedTexts } = await import('../run/embed.ts');
      await embedTexts(texts, flags, signal);
    });
}

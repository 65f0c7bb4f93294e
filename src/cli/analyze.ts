import type { Command } from 'commander';
import { type EntityFlags, entityOptions } from './entities.ts';
import { textCommand } from './text-command.ts';

const DETAILS = `
A terminal gets the text with its entities in colour, chunk by chunk; a pipe gets
them in brackets. --json prints every event as a line of JSON as soon as it is
there. Where the connection to a --server breaks, the stream goes on behind the
last event.

Examples:
  bertql analyze --file book.txt
  curl -s https://example.org/article.txt | bertql analyze --types PER,LOC
  bertql analyze --json --file book.txt | jq -c 'select(.entities) | .entities[]'
  bertql analyze --server ws://localhost:4000 --file book.txt`;

/** Adds `bertql analyze`. */
export function addAnalyze(program: Command, signal: AbortSignal): void {
  const command = entityOptions(textCommand(program, 'analyze'))
    .summary('read long texts chunk by chunk')
    .description('Reads texts of any length chunk by chunk, and shows their entities as they are found.')
    .addHelpText('after', DETAILS)
    .action(async (texts: string[], flags: EntityFlags) => {
      const { analyzeTexts } = await import('./run-analysis.ts');
      await analyzeTexts(command, texts, flags, signal);
    });
}

import type { Command } from 'commander';
import { type EntityFlags, entityOptions } from './entities.ts';
import { textCommand } from './text-command.ts';

const DETAILS = `
A terminal gets the text with its entities in colour, chunk by chunk; a pipe gets
them in brackets. --json prints every event as a line of JSON as soon as it is
there. Where the connection to a --server breaks, the stream goes on behind the
last event.

--follow reads standard input while it is still being written: what is settled is
printed, and on a terminal the line below it shows the rest, as it reads so far.
It ends with its input, or on Ctrl+C, with the totals.

Examples:
  bertql analyze --file book.txt
  curl -s https://example.org/article.txt | bertql analyze --types PER,LOC
  bertql analyze --json --file book.txt | jq -c 'select(.entities) | .entities[]'
  tail -f talk.txt | bertql analyze --follow
  bertql analyze --server ws://localhost:4000 --file book.txt`;

/** Adds `bertql analyze`. @param release leaves signals to the command */
export function addAnalyze(program: Command, signal: AbortSignal, release: () => void): void {
  const command = entityOptions(textCommand(program, 'analyze'))
    .summary('read long texts chunk by chunk')
    .description('Reads texts of any length chunk by chunk, and shows their entities as they are found.')
    .addHelpText('after', DETAILS)
    .option('--follow', 'read a text that is still being written, from standard input')
    .action(async (texts: string[], flags: EntityFlags & { readonly follow?: true }) => {
      if (flags.follow) {
        if (texts.length > 0 || flags.file || flags.lines) command.error('error: --follow reads standard input alone');
        release();
        const { followText } = await import('./run-follow.ts');
        return followText(flags, signal);
      }
      const { analyzeTexts } = await import('./run-analysis.ts');
      await analyzeTexts(command, texts, flags, signal);
    });
}

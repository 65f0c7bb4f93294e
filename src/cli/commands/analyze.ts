import type { Command } from 'commander';
import type { AnalyzeFlags } from '../run/analyze.ts';
import { entityFlags, textCommand } from './flags.ts';

const DETAILS = `
The text is printed chunk by chunk, with its entities in colour on a terminal and in
brackets elsewhere, then its names and its sentiment. --json prints each event as a
line of JSON as soon as it comes. If the connection to a --server breaks, the stream
resumes after the last event.

--follow reads standard input while it is being written: what is settled is
printed, and on a terminal the line below shows the rest as it reads so far. The
text ends with its input or on Ctrl+C, and the totals are printed.

Examples:
  bertql analyze --file book.txt
  curl -s https://example.org/article.txt | bertql analyze --types PER,LOC
  bertql analyze --json --file book.txt | jq -c 'select(.entities) | .entities[]'
  tail -f talk.txt | bertql analyze --follow
  bertql analyze --server ws://localhost:4000 --file book.txt`;

/** Adds `bertql analyze`. @param release leaves signals to the command */
export function addAnalyze(program: Command, signal: AbortSignal, release: () => void): void {
  entityFlags(textCommand(program, 'analyze'))
    .summary('read long texts chunk by chunk')
    .description('Reads texts of any length chunk by chunk, and shows their entities as they are found.')
    .addHelpText('after', DETAILS)
    .option('--follow', 'read a text that is still being written, from standard input')
    .action(async (texts: string[], flags: AnalyzeFlags) => {
      const { analyzeTexts, followInput } = await import('../run/analyze.ts');
      if (!flags.follow) return analyzeTexts(texts, flags, signal);
      await followInput(texts, flags, signal, release);
    });
}

import type { Command } from 'commander';
import { SearchDocument, type SearchQuery } from '../client/graphql.ts';
import { outputPen, outputWidth, shown, snippet } from './terminal.ts';
import {
  encodingOf,
  type OffsetUnit,
  offsetsOption,
  parseCount,
  runTextTask,
  type TextFlags,
  textCommand,
} from './text-command.ts';
import type { NamedText } from './text-input.ts';

type Passages = SearchQuery['document']['search'];

interface SearchFlags extends TextFlags {
  readonly first: number;
  readonly offsets: OffsetUnit;
}

const EXAMPLES = `
Examples:
  bertql search "Who lived in Baker Street?" --file book.txt
  bertql search --first 1 --json "the red-headed man" --file book.txt`;

/** Adds `bertql search`. */
export function addSearch(program: Command, signal: AbortSignal): void {
  const command = textCommand(program, 'search <query>')
    .summary('find the passages of texts that answer a question')
    .description('Finds the passages of texts that are most like a query in meaning, and prints where they are.')
    .option('-n, --first <count>', 'passages of each text', parseCount, 5)
    .addOption(offsetsOption())
    .addHelpText('after', EXAMPLES)
    .action((query: string, texts: string[], flags: SearchFlags) =>
      runTextTask<Passages>(command, texts, flags, signal, {
        work: 'models',
        ask: async (graph, text) => {
          const model = flags.model ?? null;
          const variables = { text, query, first: flags.first, model, offsetEncoding: encodingOf(flags.offsets) };
          return (await graph.query(SearchDocument, variables)).document.search;
        },
        print: (passages, input) => passages.map((passage) => line(passage, input)).join('\n'),
        json: (passages) => ({
          passages: passages.map(({ text, start, end, score }) => ({ text, start, end, score })),
        }),
      }),
    );
}

function line({ text, start, end, score }: Passages[number], { name }: NamedText): string {
  const place = `${name === undefined ? '' : `${shown(name)}:`}${start}-${end}`;
  const left = outputWidth() - place.length - 10;
  return `${score.toFixed(4)}  ${outputPen().write('dim', place)}  ${snippet(text, Math.max(20, left))}`;
}

import type { Command } from 'commander';
import { WordSensesDocument, type WordSensesQuery } from '../client/graphql.ts';
import { openGraph } from './open-graph.ts';
import { table } from './table.ts';
import { outputWidth, snippet } from './terminal.ts';
import {
  encodingOf,
  type OffsetUnit,
  offsetsOption,
  printJson,
  requestOf,
  type TextFlags,
  tellFailure,
  textCommand,
} from './text-command.ts';

type WordSenses = WordSensesQuery['wordSenses'];

interface SensesFlags extends TextFlags {
  readonly offsets: OffsetUnit;
}

const EXAMPLES = `
Examples:
  bertql senses bank "He sat on the river bank." "She opened a bank account." "The bank of the stream was steep."
  bertql senses patient --lines <sentences.txt`;

/** Adds `bertql senses`. */
export function addSenses(program: Command, signal: AbortSignal): void {
  const command = textCommand(program, 'senses <word>')
    .summary('compare what a word means in many contexts')
    .description(
      'Finds a word in texts and prints how alike its meanings are there: a matrix of cosines, one row and one column for each occurrence.',
    )
    .addOption(offsetsOption())
    .addHelpText('after', EXAMPLES)
    .action(async (word: string, given: string[], flags: SensesFlags) => {
      const { lacksInput, readTexts } = await import('./text-input.ts');
      if (lacksInput(given, flags)) command.error('error: give a text, --file, or a pipe to standard input');
      const texts: string[] = [];
      for await (const input of readTexts(given, flags, signal)) {
        if ('failure' in input) tellFailure(input, input.failure, flags);
        else texts.push(input.text);
      }
      const graph = await openGraph(requestOf(texts, flags, 'models'), signal);
      try {
        const offsetEncoding = encodingOf(flags.offsets);
        const variables = { word, texts, model: flags.model ?? null, offsetEncoding };
        const { wordSenses } = await graph.query(WordSensesDocument, variables);
        if (flags.json) printJson({ name: undefined }, wordSenses);
        else process.stdout.write(`${report(wordSenses)}\n`);
      } finally {
        await graph.close();
      }
    });
}

function report({ occurrences, similarities }: WordSenses): string {
  const numbers = occurrences.map((_, index) => String(index + 1));
  const matrix = table([
    ['', ...numbers],
    ...similarities.map((row, index) => [numbers[index] ?? '', ...row.map((value) => value.toFixed(2))]),
  ]);
  const sentences = occurrences.map(({ textIndex, start, sentence }, index) => {
    const place = `${numbers[index]?.padStart(3)}  text ${textIndex + 1}, ${start}  `;
    return `${place}${snippet(sentence, Math.max(20, outputWidth() - place.length))}`;
  });
  return [...sentences, '', matrix].join('\n');
}

import { type OffsetEncoding, WordSensesDocument, type WordSensesQuery } from '../../client/graphql.ts';
import { withGraph } from '../graph/open.ts';
import { table } from '../table.ts';
import { outputWidth, printLine, snippet } from '../terminal.ts';
import { readTexts } from '../text-input.ts';
import { printJson, reportFailure, type TextFlags, workOf } from './texts.ts';

export interface SensesFlags extends TextFlags {
  readonly offsets: OffsetEncoding;
}

export async function compareSenses(
  word: string,
  given: readonly string[],
  flags: SensesFlags,
  signal: AbortSignal,
): Promise<void> {
  const texts: string[] = [];
  for await (const input of readTexts(given, flags, signal)) {
    if ('failure' in input) reportFailure(input, input.failure, flags);
    else texts.push(input.text);
  }
  const variables = { word, texts, model: flags.model, offsetEncoding: flags.offsets };
  const { wordSenses } = await withGraph(flags, workOf(texts, flags), signal, (graph) =>
    graph.query(WordSensesDocument, variables),
  );
  if (flags.json) printJson({}, wordSenses);
  else printLine(report(wordSenses));
}

function report({ occurrences, similarities }: WordSensesQuery['wordSenses']): string {
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

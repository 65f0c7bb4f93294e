import { type OffsetEncoding, SearchDocument, type SearchQuery } from '../../client/graphql.ts';
import { outputPen, outputWidth, shown, snippet } from '../terminal.ts';
import type { NamedText } from '../text-input.ts';
import { runTextTask, type TextFlags } from './texts.ts';

export interface SearchFlags extends TextFlags {
  readonly first: number;
  readonly offsets: OffsetEncoding;
}

type Passages = SearchQuery['document']['search'];

export function searchTexts(
  query: string,
  texts: readonly string[],
  flags: SearchFlags,
  signal: AbortSignal,
): Promise<void> {
  const { first, model, offsets: offsetEncoding } = flags;
  return runTextTask<Passages>(texts, flags, signal, {
    ask: async (graph, text) =>
      (await graph.query(SearchDocument, { text, query, first, model, offsetEncoding })).document.search,
    print: (passages, input) => passages.map((passage) => line(passage, input)).join('\n'),
    json: (passages) => ({ passages: passages.map(({ text, start, end, score }) => ({ text, start, end, score })) }),
  });
}

function line({ text, start, end, score }: Passages[number], { name }: NamedText): string {
  const place = `${name === undefined ? '' : `${shown(name)}:`}${start}-${end}`;
  const left = outputWidth() - place.length - 10;
  return `${score.toFixed(4)}  ${outputPen().write('dim', place)}  ${snippet(text, Math.max(20, left))}`;
}

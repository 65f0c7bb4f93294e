import { EmbedDocument, type EmbedQuery } from '../../client/graphql.ts';
import { outputPen, outputWidth, shown, snippet } from '../terminal.ts';
import type { NamedText } from '../text-input.ts';
import { runTextTask, type TextFlags } from './texts.ts';

export interface EmbedFlags extends TextFlags {
  readonly query?: true;
}

type Embedding = EmbedQuery['embed'];

/** Numbers of a vector that are shown to people. */
const SHOWN = 4;

export function embedTexts(texts: readonly string[], flags: EmbedFlags, signal: AbortSignal): Promise<void> {
  const variables = { model: flags.model, as: flags.query ? 'QUERY' : 'PASSAGE', compare: false } as const;
  return runTextTask<Embedding>(texts, flags, signal, {
    ask: async (graph, text) => (await graph.query(EmbedDocument, { text, ...variables })).embed,
    print: report,
    json: ({ vector, dimensions, tokenCount, tokensUsed, truncated, model }) => ({
      vector,
      dimensions,
      tokenCount,
      tokensUsed,
      truncated,
      model: model.id,
    }),
  });
}

function report({ vector, dimensions }: Embedding, { name, text }: NamedText): string {
  const first = vector.slice(0, SHOWN).map((value) => value.toFixed(4).padStart(7));
  const numbers = `[${first.join(' ')} … ] ${dimensions} numbers`;
  const place = name === undefined ? '' : `${shown(name)}  `;
  const left = outputWidth() - numbers.length - place.length - 2;
  return `${numbers}  ${outputPen().write('dim', place)}${snippet(text, Math.max(20, left))}`;
}

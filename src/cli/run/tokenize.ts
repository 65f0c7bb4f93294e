import { type OffsetEncoding, TokenizeDocument, type TokenizeQuery } from '../../client/graphql.ts';
import { count, table } from '../table.ts';
import { outputPen } from '../terminal.ts';
import type { NamedText } from '../text-input.ts';
import { runTextTask, section, type TextFlags } from './texts.ts';

export interface TokenizeFlags extends TextFlags {
  readonly maxLength?: number;
  readonly pad?: true;
  readonly truncate?: true;
  readonly special: boolean;
  readonly ids?: true;
  readonly offsets: OffsetEncoding;
}

type Tokenization = TokenizeQuery['tokenize'];

export function tokenizeTexts(texts: readonly string[], flags: TokenizeFlags, signal: AbortSignal): Promise<void> {
  const { model, maxLength, pad, truncate, special, offsets } = flags;
  const variables = {
    model,
    maxLength,
    padding: pad ? ('MAX_LENGTH' as const) : ('NONE' as const),
    truncation: truncate === true,
    addSpecialTokens: special,
    offsetEncoding: offsets,
  };
  return runTextTask<Tokenization>(texts, flags, signal, {
    tokensOnly: true,
    ask: async (graph, text) => (await graph.query(TokenizeDocument, { text, ...variables })).tokenize,
    print: (result, input, isSingle) => (flags.ids ? result.ids.join(' ') : report(result, input, isSingle)),
    json: ({ tokens, ids, attentionMask, typeIds, tokenCount, truncated, model }) => ({
      tokens: tokens.map(({ text, id, start, end, special, wordIndex }) => ({
        text,
        id,
        start,
        end,
        special,
        wordIndex,
      })),
      ids,
      attentionMask,
      typeIds,
      tokenCount,
      truncated,
      model: model.id,
    }),
  });
}

function report({ tokens, tokenCount, truncated, model }: Tokenization, input: NamedText, isSingle: boolean): string {
  const pen = outputPen();
  const rows = tokens.map(({ index, id, start, end, text }) => [
    String(index),
    String(id),
    start == null ? '' : `${start}–${end}`,
    text,
  ]);
  const cut = truncated ? `, cut to ${tokens.length}` : '';
  const lines = table([['', 'id', 'place', 'token'], ...rows], ['right', 'right', 'right', 'left']).split('\n');
  const [titles = '', ...body] = lines;
  const summary = `${count(tokenCount, 'token')}${cut}, ${model.id}`;
  return section([pen.write('dim', titles), ...body, pen.write('dim', summary)], input, isSingle);
}

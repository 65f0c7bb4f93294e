import type { Command } from 'commander';
import { TokenizeDocument, type TokenizeQuery } from '../client/graphql.ts';
import { count, table } from './table.ts';
import { outputPen, outputWidth, snippet } from './terminal.ts';
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

interface TokenizeFlags extends TextFlags {
  readonly maxLength?: number;
  readonly pad?: true;
  readonly truncate?: true;
  readonly special: boolean;
  readonly ids?: true;
  readonly offsets: OffsetUnit;
}

type Tokenization = TokenizeQuery['tokenize'];

const EXAMPLES = `
Examples:
  bertql tokenize "I love machine learning!"
  bertql tokenize --max-length 16 --pad --json "I love machine learning!"
  bertql tokenize --ids --lines <reviews.txt
  bertql tokenize --model bertql/conll-ner-minilm --no-special --file letter.txt`;

/** Adds `bertql tokenize`. */
export function addTokenize(program: Command, signal: AbortSignal): void {
  const command = textCommand(program, 'tokenize')
    .summary('split texts into tokens')
    .description('Splits texts into tokens, each with its id and its place in the text.')
    .option('--max-length <tokens>', "length for --pad and --truncate (default: the model's)", parseCount)
    .option('--pad', 'fill up to that length')
    .option('--truncate', 'cut what is longer')
    .option('--no-special', 'leave out [CLS] and [SEP]')
    .option('--ids', 'print ids only, a line for each text')
    .addOption(offsetsOption())
    .addHelpText('after', EXAMPLES)
    .action((texts: string[], flags: TokenizeFlags) =>
      runTextTask<Tokenization>(command, texts, flags, signal, {
        work: 'tokens',
        ask: async (graph, text) => (await graph.query(TokenizeDocument, variablesOf(text, flags))).tokenize,
        print: (tokenization, input, isOnly) =>
          flags.ids ? tokenization.ids.join(' ') : report(tokenization, input, isOnly),
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
      }),
    );
}

function variablesOf(text: string, { model, maxLength, pad, truncate, special, offsets }: TokenizeFlags) {
  return {
    text,
    model: model ?? null,
    maxLength: maxLength ?? null,
    padding: pad ? ('MAX_LENGTH' as const) : ('NONE' as const),
    truncation: truncate === true,
    addSpecialTokens: special,
    offsetEncoding: encodingOf(offsets),
  };
}

function report({ tokens, tokenCount, truncated, model }: Tokenization, input: NamedText, isOnly: boolean): string {
  const pen = outputPen();
  const rows = tokens.map(({ index, id, start, end, text }) => [
    String(index),
    String(id),
    start == null ? '' : `${start}–${end}`,
    text,
  ]);
  const heading = isOnly ? [] : [pen.write('bold', snippet(input.name ?? input.text, outputWidth()))];
  const cut = truncated ? `, cut to ${tokens.length}` : '';
  const summary = pen.write('dim', `${count(tokenCount, 'token')}${cut}, ${model.id}`);
  const lines = table([['', 'id', 'place', 'token'], ...rows], ['right', 'right', 'right', 'left']).split('\n');
  const [titles = '', ...body] = lines;
  return [...heading, pen.write('dim', titles), ...body, summary, ...(isOnly ? [] : [''])].join('\n');
}

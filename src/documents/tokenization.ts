import { BertqlError } from '../errors.ts';
import type { Loaders } from '../inference/loaders.ts';
import type { Model } from '../models/registry.ts';
import { isTurnOver, nextTurn } from '../turns.ts';
import { LazyList } from './lazy-list.ts';
import type { OffsetEncoding, PositionConverter } from './offsets.ts';
import { resultId } from './result-id.ts';

type Padding = 'NONE' | 'MAX_LENGTH';

/** The largest `maxLength`; without a limit padding would be a way to make the server write zeros. */
const MAX_LENGTH_LIMIT = 65_536;

export interface TokenizationOptions {
  readonly addSpecialTokens: boolean;
  /** Length in tokens for padding and truncation; the model's longest input if missing. */
  readonly maxLength?: number | null | undefined;
  readonly padding: Padding;
  readonly truncation: boolean;
}

/** The input of a model for a text. */
export interface Tokenization {
  /** The same for the same text, unit, model, tokenizer and options. */
  readonly id: string;
  readonly text: string;
  readonly model: Model;
  readonly ids: Int32Array;
  /** Tokens before truncation and without padding. */
  readonly tokenCount: number;
  readonly truncated: boolean;
  /** Number of ids before the first padding token. */
  readonly attended: number;
  /** The tokens as objects. */
  tokens(): LazyList<Token>;
  /** Where the tokens start, in the client's unit; `null` for special tokens. */
  starts(): LazyList<number | null>;
  /** Where the tokens end, exclusive, in the client's unit; `null` for special tokens. */
  ends(): LazyList<number | null>;
}

export interface Token {
  readonly index: number;
  readonly id: number;
  /** The token itself, as in `##ing` or `Ġname`. */
  readonly text: string;
  /** Whether it is not part of the text: `[CLS]`, `[SEP]` or padding. */
  readonly special: boolean;
  readonly attended: boolean;
  /** Half-open range in the text, in the client's unit; `null` for special tokens. */
  readonly start: number | null;
  readonly end: number | null;
  /** Index of the word that the token belongs to; `null` for special tokens. */
  readonly wordIndex: number | null;
}

/** A text, and how positions in it are counted. */
interface TokenizedText {
  readonly text: string;
  readonly hash: string;
  readonly offsetEncoding: OffsetEncoding;
  readonly position: PositionConverter;
}

/**
 * Tokenizes a text as `tokenizer(text, …)` of the Python package transformers does.
 * Throws BAD_ARGUMENT if `maxLength` is not from 1 to 65,536 or too small for the special tokens.
 */
export async function tokenize(
  loaders: Loaders,
  model: Model,
  document: TokenizedText,
  options: TokenizationOptions,
): Promise<Tokenization> {
  const { tokenizer } = model;
  const { text, position } = document;
  const prefix = options.addSpecialTokens ? tokenizer.prefix : [];
  const suffix = options.addSpecialTokens ? tokenizer.suffix : [];
  const maxLength = checkMaxLength(options, model, prefix.length + suffix.length);

  const encoding = await loaders.encodings.load({ tokenizer, text });
  const room = options.truncation ? maxLength - prefix.length - suffix.length : encoding.ids.length;
  const bare = encoding.ids.subarray(0, room);
  const attended = prefix.length + bare.length + suffix.length;
  const ids = new Int32Array(options.padding === 'MAX_LENGTH' ? Math.max(attended, maxLength) : attended);
  ids.fill(tokenizer.padId);
  ids.set(prefix);
  ids.set(bare, prefix.length);
  ids.set(suffix, prefix.length + bare.length);

  /** The position of each token in the client's unit; `null` for special tokens. */
  const positionsOf = (positions: Int32Array) =>
    new LazyList(ids.length, function* () {
      for (let index = 0; index < ids.length; index++) {
        const at = index - prefix.length;
        yield at < 0 || at >= bare.length ? null : position(positions[at] ?? 0);
      }
    });
  const starts = () => positionsOf(encoding.offsets.starts);
  const ends = () => positionsOf(encoding.offsets.ends);

  return {
    get id() {
      const { addSpecialTokens, padding, truncation } = options;
      const source = [document.hash, document.offsetEncoding, model.id, tokenizer.id];
      return resultId('Tokenization', [...source, addSpecialTokens, maxLength, padding, truncation]);
    },
    text,
    model,
    ids,
    attended,
    tokenCount: prefix.length + encoding.ids.length + suffix.length,
    truncated: bare.length < encoding.ids.length,
    starts,
    ends,
    tokens: () =>
      new LazyList<Token>(ids.length, function* () {
        const to = ends()[Symbol.iterator]();
        let index = 0;
        let wordIndex = -1;
        for (const start of starts()) {
          const id = ids[index] ?? 0;
          const special = start === null;
          if (!special && (index === prefix.length || !encoding.continues(index - prefix.length))) wordIndex++;
          yield {
            index,
            id,
            text: tokenizer.tokenOf(id),
            special,
            attended: index < attended,
            start,
            end: to.next().value ?? null,
            wordIndex: special ? null : wordIndex,
          };
          index++;
        }
      }),
  };
}

function checkMaxLength(options: TokenizationOptions, model: Model, specialTokens: number): number {
  const maxLength = options.maxLength ?? model.maxTokens;
  if (maxLength < 1 || maxLength > MAX_LENGTH_LIMIT) {
    throw new BertqlError('BAD_ARGUMENT', `maxLength must be from 1 to ${MAX_LENGTH_LIMIT}, but it is ${maxLength}.`);
  }
  if (options.truncation && maxLength < specialTokens) {
    throw new BertqlError(
      'BAD_ARGUMENT',
      `maxLength must be at least ${specialTokens}, the number of special tokens, but it is ${maxLength}. Raise it, or set addSpecialTokens to false.`,
    );
  }
  return maxLength;
}

/** Decodes ids to text. Throws BAD_ARGUMENT for an id that the vocabulary does not have. */
export async function detokenize(model: Model, ids: readonly number[], skipSpecialTokens: boolean): Promise<string> {
  const { tokenizer } = model;
  const at = ids.findIndex((id) => id < 0 || id >= tokenizer.size);
  if (at >= 0) {
    throw new BertqlError(
      'BAD_ARGUMENT',
      `ids[${at}] must be from 0 to ${tokenizer.size - 1}, the vocabulary of "${model.id}", but it is ${ids[at]}.`,
    );
  }
  // The ids are copied for Rust, and the text from it.
  if (isTurnOver()) await nextTurn();
  const text = await tokenizer.decode(ids, skipSpecialTokens);
  if (isTurnOver()) await nextTurn();
  return model.cleanUpSpaces ? closeUpPunctuation(text) : text;
}

/**
 * The rules of `PreTrainedTokenizerBase.clean_up_tokenization` in the Python package transformers, in the same order.
 */
function closeUpPunctuation(text: string): string {
  return text
    .replace(/ ([.?!,])/g, '$1')
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replace(/ '(m|s|ve|re)/g, "'$1");
}

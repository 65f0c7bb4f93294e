import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type JsEncoding, Tokenizer } from 'tokenizers';
import { ModelFolderError } from './model-folder.ts';

/**
 * A tokenizer's vocabulary with the Rust tokenizer behind it. Encoding runs off the main thread.
 * Special tokens are never put in by the tokenizer: windows of a text are built from its bare
 * pieces with {@link prefix} and {@link suffix}, so that a text is tokenized once whatever is made of it.
 */
export class Vocabulary {
  /** Hash of the tokenizer's file: two models with the same tokenizer share one vocabulary. */
  readonly id: string;
  /** Number of pieces, added tokens included. */
  readonly size: number;
  /** Ids that go before a text, such as `[CLS]`. */
  readonly prefix: readonly number[];
  /** Ids that go after a text, such as `[SEP]`. */
  readonly suffix: readonly number[];
  readonly padId: number;
  /** Whether text is lower-cased before it is split. */
  readonly lowercase: boolean;
  readonly #tokenizer: Tokenizer;
  readonly #pieces: readonly string[];
  /** 1 where a piece goes on with the word of the piece before it. */
  readonly #continuation: Uint8Array;

  private constructor(id: string, tokenizer: Tokenizer, description: TokenizerFile, template: Template) {
    this.id = id;
    this.#tokenizer = tokenizer;
    this.size = tokenizer.getVocabSize(true);
    this.#pieces = Array.from({ length: this.size }, (_, piece) => tokenizer.idToToken(piece) ?? '');
    this.prefix = template.prefix;
    this.suffix = template.suffix;
    this.padId = description.padId;
    this.lowercase = description.lowercase;
    const mark = description.continuationMark;
    this.#continuation = Uint8Array.from(this.#pieces, (piece) => (piece.startsWith(mark) ? 1 : 0));
  }

  /** Loads a `tokenizer.json`. Throws {@link ModelFolderError} where it is none that this server can use. */
  static async load(file: string): Promise<Vocabulary> {
    try {
      const source = await readFile(file, 'utf8');
      const tokenizer = Tokenizer.fromString(source);
      tokenizer.disableTruncation();
      tokenizer.disablePadding();
      const id = createHash('sha256').update(source).digest('base64url').slice(0, 16);
      return new Vocabulary(id, tokenizer, describe(JSON.parse(source) as TokenizerJson), await templateOf(tokenizer));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ModelFolderError(`${file} is not a tokenizer that can be used: ${reason}.`, { cause });
    }
  }

  /** Encodes texts without special tokens, off the main thread. Their offsets are code points. */
  encode(texts: string[]): Promise<JsEncoding[]> {
    return this.#tokenizer.encodeBatch(texts, { addSpecialTokens: false });
  }

  /** The text that ids stand for. Ids must be below {@link size}. */
  decode(ids: readonly number[], skipSpecialTokens: boolean): Promise<string> {
    return this.#tokenizer.decode([...ids], skipSpecialTokens);
  }

  /** The piece of an id, as in `##ing`, or the empty string where the vocabulary has none. */
  piece(id: number): string {
    return this.#pieces[id] ?? '';
  }

  /**
   * The pieces that are whole words, or single marks, of plain ASCII, with their ids. The tokenizer makes one
   * piece of each, since the normalizer changes nothing of them and the longest match is the word itself.
   */
  *words(): Generator<readonly [word: string, id: number], void, void> {
    for (const [id, piece] of this.#pieces.entries()) if (/^([A-Za-z0-9]+|[!-~])$/.test(piece)) yield [piece, id];
  }

  /** Whether a piece goes on with the word of the piece before it. */
  isContinuation(id: number): boolean {
    return this.#continuation[id] === 1;
  }
}

interface TokenizerFile {
  readonly padId: number;
  readonly lowercase: boolean;
  readonly continuationMark: string;
}

interface Template {
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
}

/** The parts of a `tokenizer.json` that the Rust binding does not tell. */
interface TokenizerJson {
  readonly normalizer?: { readonly type?: string; readonly lowercase?: boolean };
  readonly pre_tokenizer?: { readonly type?: string };
  readonly model?: { readonly type?: string; readonly continuing_subword_prefix?: string };
  readonly added_tokens?: readonly AddedToken[];
}

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
}

/** Checks that a tokenizer is BERT's, which is what cutting texts into segments relies on, and tells its particulars. */
function describe(file: TokenizerJson): TokenizerFile {
  const { model, normalizer, pre_tokenizer: preTokenizer, added_tokens: added = [] } = file;
  const mark = model?.continuing_subword_prefix;
  if (model?.type !== 'WordPiece' || !mark) {
    throw new Error(`its model must be WordPiece with a continuing_subword_prefix, but it is ${model?.type}`);
  }
  if (normalizer?.type !== 'BertNormalizer' || preTokenizer?.type !== 'BertPreTokenizer') {
    const found = `${normalizer?.type} and ${preTokenizer?.type}`;
    throw new Error(`it must have BertNormalizer and BertPreTokenizer, but it has ${found}`);
  }
  const odd = added.find(({ content, lstrip, rstrip }) => !content.startsWith('[') || lstrip || rstrip);
  if (odd) throw new Error(`its added tokens must begin with "[" and strip nothing, but ${odd.content} does not`);
  const pad = added.find(({ special, content }) => special && content === '[PAD]');
  if (!pad) throw new Error('it has no special token [PAD]');
  return { padId: pad.id, lowercase: normalizer.lowercase === true, continuationMark: mark };
}

/** Finds what the post-processor puts around a single text by comparing an encoding with and without it. */
async function templateOf(tokenizer: Tokenizer): Promise<Template> {
  const [bare, whole] = await Promise.all([
    tokenizer.encode('a', null, { addSpecialTokens: false }),
    tokenizer.encode('a', null, { addSpecialTokens: true }),
  ]);
  const inner = bare.getIds();
  const outer = whole.getIds();
  const at = outer.findIndex((_, start) => inner.every((id, index) => outer[start + index] === id));
  if (inner.length === 0 || at < 0) throw new Error('its post-processor changes the pieces of a text');
  return { prefix: outer.slice(0, at), suffix: outer.slice(at + inner.length) };
}

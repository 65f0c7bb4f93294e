import { readFile } from 'node:fs/promises';
import { type JsEncoding, Tokenizer } from 'tokenizers';
import { digestOf } from '../digest.ts';
import { messageOf } from '../errors.ts';
import { checkContent } from './file-content.ts';
import { ModelFolderError } from './model-folder-error.ts';
import { type BertRules, bertRules, continuationMark, splitsAtBlanks, type TokenizerJson } from './tokenizer-file.ts';

/**
 * A tokenizer's vocabulary with the Rust tokenizer behind it. Encoding runs off the main thread.
 * Special tokens are never put in by the tokenizer: windows of a text are built from its bare
 * pieces with {@link prefix} and {@link suffix}, so that a text is tokenized once whatever is made of it.
 */
export class Vocabulary {
  /** Hash of the tokenizer's file: two models with the same tokenizer share one vocabulary. */
  readonly id: string;
  /** All ids are below it. It is the number of tokens, added tokens included, if no id is left out. */
  readonly size: number;
  /** Ids that go before a text, such as `[CLS]` or `<s>`. */
  readonly prefix: readonly number[];
  /** Ids that go after a text, such as `[SEP]` or `</s>`. */
  readonly suffix: readonly number[];
  readonly padId: number;
  /** What stands for a word of which the tokenizer has no token, such as `[UNK]`; `undefined` if it has one for everything. */
  readonly unknownId: number | undefined;
  /** How BERT's own tokenizer, which makes a text's pieces out of its words' pieces, treats words; `undefined` for another. */
  readonly bert: BertRules | undefined;
  /** Tokens that were added to the vocabulary, such as `[SEP]`. They are found in a text as they are, before all else. */
  readonly addedTokens: readonly string[];
  /** Whether a text that is cut at spaces between words has the tokens of its parts. */
  readonly splitsAtBlanks: boolean;
  /** Whether pieces themselves tell, by a mark such as `##`, that they go on with a word. */
  readonly marksContinuations: boolean;
  readonly #tokenizer: Tokenizer;
  /** Filled as they are asked for: a multilingual model has a quarter of a million. */
  readonly #pieces: (string | undefined)[];
  /** 1 for a token with the mark of those that continue a word. */
  readonly #continuation: Uint8Array;

  private constructor(id: string, tokenizer: Tokenizer, file: TokenizerJson, template: Template, padId: number) {
    this.id = id;
    this.#tokenizer = tokenizer;
    this.size = (file.added_tokens ?? []).reduce(
      (size, { id }) => Math.max(size, id + 1),
      tokenizer.getVocabSize(true),
    );
    this.prefix = template.prefix;
    this.suffix = template.suffix;
    this.padId = padId;
    this.unknownId = unknownIdOf(tokenizer, file);
    this.bert = bertRules(file);
    this.addedTokens = (file.added_tokens ?? []).map(({ content }) => content);
    this.splitsAtBlanks = splitsAtBlanks(file);
    this.#pieces = Array.from({ length: this.size });
    const mark = continuationMark(file);
    this.marksContinuations = mark !== undefined;
    this.#continuation = new Uint8Array(mark === undefined ? 0 : this.size);
    if (mark !== undefined) {
      for (let id = 0; id < this.size; id++) if (this.piece(id).startsWith(mark)) this.#continuation[id] = 1;
    }
  }

  /**
   * Loads a `tokenizer.json`. Throws {@link ModelFolderError} if this server cannot use it.
   *
   * @param padToken what pads shorter sequences, if `tokenizer_config.json` names it
   */
  static async load(path: string, padToken?: string): Promise<Vocabulary> {
    try {
      await checkContent(path);
      const source = (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
      const tokenizer = Tokenizer.fromString(source);
      tokenizer.disableTruncation();
      tokenizer.disablePadding();
      const file = JSON.parse(source) as TokenizerJson;
      const id = digestOf(source);
      return new Vocabulary(id, tokenizer, file, await templateOf(tokenizer), padIdOf(tokenizer, file, padToken));
    } catch (cause) {
      const reason = messageOf(cause);
      throw new ModelFolderError(`${path} is not a tokenizer that can be used: ${reason}.`, { cause });
    }
  }

  /** Encodes texts without special tokens, off the main thread. Their offsets are code points. */
  encode(texts: string[]): Promise<JsEncoding[]> {
    return this.#tokenizer.encodeBatch(texts, { addSpecialTokens: false });
  }

  /**
   * The words that a text is split into before pieces are looked for, normalized. Runs on the calling thread, so it is
   * for short texts only.
   */
  splitWords(text: string): readonly string[] {
    const normalized = this.#tokenizer.getNormalizer()?.normalizeString(text) ?? text;
    const words = this.#tokenizer.getPreTokenizer()?.preTokenizeString(normalized);
    return words?.map(([word]) => word) ?? [normalized];
  }

  /** The text that ids stand for. Ids must be below {@link size}. */
  decode(ids: readonly number[], skipSpecialTokens: boolean): Promise<string> {
    return this.#tokenizer.decode([...ids], skipSpecialTokens);
  }

  /** The piece of an id, as in `##ing`, `Ġname` or `▁name`, or the empty string if the vocabulary has none. */
  piece(id: number): string {
    if (id < 0 || id >= this.size) return '';
    return (this.#pieces[id] ??= this.#tokenizer.idToToken(id) ?? '');
  }

  /** Whether a piece has the mark of those that go on with the word of the piece before it. */
  isContinuation(id: number): boolean {
    return this.#continuation[id] === 1;
  }
}

/** What goes around a text. */
interface Template {
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
}

/** The id of the padding token. */
function padIdOf(tokenizer: Tokenizer, file: TokenizerJson, padToken: string | undefined): number {
  const candidates = [padToken, file.padding?.pad_token, '[PAD]', '<pad>'];
  for (const token of candidates) {
    const id = token === undefined ? null : tokenizer.tokenToId(token);
    if (id !== null) return id;
  }
  throw new Error(
    'it has no padding token: name one as pad_token in tokenizer_config.json, or give it a special token [PAD] or <pad>',
  );
}

/** The id of the unknown token that the model names, by its text, or as a unigram model does by its id. */
function unknownIdOf(tokenizer: Tokenizer, { model }: TokenizerJson): number | undefined {
  if (typeof model?.unk_id === 'number') return model.unk_id;
  return typeof model?.unk_token === 'string' ? (tokenizer.tokenToId(model.unk_token) ?? undefined) : undefined;
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
  const type = whole.getTypeIds().find((each) => each !== 0);
  if (type !== undefined) throw new Error(`its post-processor gives a single text the type id ${type}, not 0`);
  return { prefix: outer.slice(0, at), suffix: outer.slice(at + inner.length) };
}

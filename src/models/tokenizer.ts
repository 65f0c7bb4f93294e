import { readFile } from 'node:fs/promises';
import { type JsEncoding, Tokenizer as RustTokenizer } from 'tokenizers';
import { digestOf } from '../digest.ts';
import { messageOf } from '../thrown.ts';
import { checkContent } from './file-content.ts';
import { ModelFolderError } from './model-folder-error.ts';
import { type BertRules, bertRules, continuationMark, splitsAtSpaces, type TokenizerJson } from './tokenizer-file.ts';

/**
 * A tokenizer of Hugging Face's Rust library with what its file says beyond that library's API. Encoding runs off the
 * main thread. It adds no special tokens: callers put {@link prefix} and {@link suffix} around windows of the bare
 * tokens, so a text is tokenized once however many windows are made of it.
 */
export class Tokenizer {
  /** Hash of the tokenizer's file: models with the same file share one tokenizer. */
  readonly id: string;
  /** All ids are below it. It is the number of tokens, added tokens included, if no id is left out. */
  readonly size: number;
  /** Ids that go before a text, such as `[CLS]` or `<s>`. */
  readonly prefix: readonly number[];
  /** Ids that go after a text, such as `[SEP]` or `</s>`. */
  readonly suffix: readonly number[];
  readonly padId: number;
  /** Stands for a word that the vocabulary has no tokens for, such as `[UNK]`; `undefined` if every text has tokens. */
  readonly unknownId: number | undefined;
  /** How BERT's own tokenizer treats words: a text's tokens are its words' tokens. `undefined` for other tokenizers. */
  readonly bert: BertRules | undefined;
  /** Tokens that were added to the vocabulary, such as `[SEP]`. They are matched literally, before anything else. */
  readonly addedTokens: readonly string[];
  /** Whether cutting a text at spaces between words leaves its tokens as they are. */
  readonly splitsAtSpaces: boolean;
  /** Whether tokens that continue a word have a mark that says so, such as `##`. */
  readonly marksContinuations: boolean;
  readonly #rust: RustTokenizer;
  /** Filled on demand: a multilingual model has a quarter of a million. */
  readonly #tokens: (string | undefined)[];
  /** By id: 1 if the token continues a word. */
  readonly #continuation: Uint8Array;

  private constructor(id: string, rust: RustTokenizer, file: TokenizerJson, template: Template, padId: number) {
    this.id = id;
    this.#rust = rust;
    this.size = (file.added_tokens ?? []).reduce((size, { id }) => Math.max(size, id + 1), rust.getVocabSize(true));
    this.prefix = template.prefix;
    this.suffix = template.suffix;
    this.padId = padId;
    this.unknownId = unknownIdOf(rust, file);
    this.bert = bertRules(file);
    this.addedTokens = (file.added_tokens ?? []).map(({ content }) => content);
    this.splitsAtSpaces = splitsAtSpaces(file);
    this.#tokens = Array.from({ length: this.size });
    const mark = continuationMark(file);
    this.marksContinuations = mark !== undefined;
    this.#continuation = new Uint8Array(mark === undefined ? 0 : this.size);
    if (mark !== undefined) {
      for (let id = 0; id < this.size; id++) if (this.tokenOf(id).startsWith(mark)) this.#continuation[id] = 1;
    }
  }

  /**
   * Loads a `tokenizer.json`. Throws {@link ModelFolderError} if this server cannot use it.
   *
   * @param padToken what pads shorter sequences, if `tokenizer_config.json` names it
   */
  static async load(path: string, padToken?: string): Promise<Tokenizer> {
    try {
      await checkContent(path);
      const source = (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
      const rust = RustTokenizer.fromString(source);
      rust.disableTruncation();
      rust.disablePadding();
      const file = JSON.parse(source) as TokenizerJson;
      const id = digestOf(source);
      return new Tokenizer(id, rust, file, await templateOf(rust), padIdOf(rust, file, padToken));
    } catch (cause) {
      const reason = messageOf(cause);
      throw new ModelFolderError(`${path} is not a tokenizer that can be used: ${reason}.`, { cause });
    }
  }

  /** Encodes texts without special tokens, off the main thread. Their offsets are code points. */
  encode(texts: string[]): Promise<JsEncoding[]> {
    return this.#rust.encodeBatch(texts, { addSpecialTokens: false });
  }

  /**
   * The words that a text is split into before they are looked up in the vocabulary, normalized. Runs on the calling
   * thread, so it is for short texts only.
   */
  splitWords(text: string): readonly string[] {
    const normalized = this.#rust.getNormalizer()?.normalizeString(text) ?? text;
    const words = this.#rust.getPreTokenizer()?.preTokenizeString(normalized);
    return words?.map(([word]) => word) ?? [normalized];
  }

  /** Decodes ids, which must be below {@link size}. */
  decode(ids: readonly number[], skipSpecialTokens: boolean): Promise<string> {
    return this.#rust.decode([...ids], skipSpecialTokens);
  }

  /** The token of an id, as in `##ing`, `Ġname` or `▁name`; the empty string if the vocabulary has none. */
  tokenOf(id: number): string {
    if (id < 0 || id >= this.size) return '';
    return (this.#tokens[id] ??= this.#rust.idToToken(id) ?? '');
  }

  /** Whether a token has the mark of those that continue the word of the token before it. */
  isContinuation(id: number): boolean {
    return this.#continuation[id] === 1;
  }
}

/** The ids of the special tokens around a text. */
interface Template {
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
}

/** The id of the padding token. */
function padIdOf(rust: RustTokenizer, file: TokenizerJson, padToken: string | undefined): number {
  const candidates = [padToken, file.padding?.pad_token, '[PAD]', '<pad>'];
  for (const token of candidates) {
    const id = token === undefined ? null : rust.tokenToId(token);
    if (id !== null) return id;
  }
  throw new Error(
    'it has no padding token: name one as pad_token in tokenizer_config.json, or give it a special token [PAD] or <pad>',
  );
}

/** The id of the unknown token that the model names, by its text, or as a unigram model does by its id. */
function unknownIdOf(rust: RustTokenizer, { model }: TokenizerJson): number | undefined {
  if (typeof model?.unk_id === 'number') return model.unk_id;
  return typeof model?.unk_token === 'string' ? (rust.tokenToId(model.unk_token) ?? undefined) : undefined;
}

/** Finds the special tokens around a single text by comparing its encodings with and without them. */
async function templateOf(rust: RustTokenizer): Promise<Template> {
  const [bare, whole] = await Promise.all([
    rust.encode('a', null, { addSpecialTokens: false }),
    rust.encode('a', null, { addSpecialTokens: true }),
  ]);
  const inner = bare.getIds();
  const outer = whole.getIds();
  const at = outer.findIndex((_, start) => inner.every((id, index) => outer[start + index] === id));
  if (inner.length === 0 || at < 0) throw new Error('its post-processor changes the tokens of a text');
  const type = whole.getTypeIds().find((each) => each !== 0);
  if (type !== undefined) throw new Error(`its post-processor gives a single text the type id ${type}, not 0`);
  return { prefix: outer.slice(0, at), suffix: outer.slice(at + inner.length) };
}

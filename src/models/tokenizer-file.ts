/** What a `tokenizer.json` says that the Rust binding does not tell. */
export interface TokenizerJson {
  readonly normalizer?: Normalizer | null;
  readonly pre_tokenizer?: PreTokenizer | null;
  readonly model?: {
    readonly type?: string;
    readonly continuing_subword_prefix?: string | null;
    readonly max_input_chars_per_word?: number;
    /** The unknown token, or in a unigram model its id. */
    readonly unk_token?: string | null;
    readonly unk_id?: number | null;
  };
  readonly added_tokens?: readonly AddedToken[];
  readonly padding?: { readonly pad_token?: string } | null;
}

interface Normalizer {
  readonly type?: string;
  readonly lowercase?: boolean;
  readonly clean_text?: boolean;
  readonly handle_chinese_chars?: boolean;
  readonly pattern?: { readonly String?: string; readonly Regex?: string };
  readonly normalizers?: readonly Normalizer[];
}

interface PreTokenizer {
  readonly type?: string;
  readonly use_regex?: boolean;
  readonly split?: boolean;
  readonly pretokenizers?: readonly PreTokenizer[];
}

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly single_word?: boolean;
  readonly normalized?: boolean;
}

/** The mark of tokens that continue a word, as `##` in WordPiece; `undefined` if nothing tells them apart. */
export function continuationMark({ model }: TokenizerJson): string | undefined {
  return model?.continuing_subword_prefix || undefined;
}

/** How BERT's own tokenizer treats words. */
export interface BertRules {
  readonly lowercase: boolean;
  /** Characters of a word; a longer one has no tokens, but is unknown as a whole. */
  readonly maxWordLength: number;
}

/** The Rust tokenizer's default for {@link BertRules.maxWordLength}. */
const MAX_WORD_LENGTH = 100;

/**
 * Whether it is BERT's own tokenizer: it makes the tokens of a text out of the tokens of its words, and plain ASCII
 * needs no normalizing before it is cut into words. Returns its rules, or `undefined` for another tokenizer.
 */
export function bertRules(file: TokenizerJson): BertRules | undefined {
  const { model, normalizer, pre_tokenizer: preTokenizer, added_tokens: added = [] } = file;
  const isBert =
    model?.type === 'WordPiece' &&
    continuationMark(file) === '##' &&
    normalizer?.type === 'BertNormalizer' &&
    normalizer.clean_text !== false &&
    normalizer.handle_chinese_chars !== false &&
    preTokenizer?.type === 'BertPreTokenizer' &&
    added.every(
      ({ content, lstrip, rstrip, single_word, normalized }) =>
        content.startsWith('[') && !lstrip && !rstrip && !single_word && !normalized,
    );
  if (!isBert) return undefined;
  return {
    lowercase: normalizer.lowercase === true,
    maxWordLength: model.max_input_chars_per_word ?? MAX_WORD_LENGTH,
  };
}

/** An added token that may touch a cut or contain one: the text on each side of it is tokenized by itself. */
const ADDED_WORD = /\s|^[\p{L}\p{N}]|[\p{L}\p{N}]$/u;

/** Normalizers that look at a character, or at a run of white space or of marks, and at nothing around it. */
const LOCAL_NORMALIZERS = new Set([
  'BertNormalizer',
  'Lowercase',
  'NFC',
  'NFD',
  'NFKC',
  'NFKD',
  'Nmt',
  'Precompiled',
  'Strip',
  'StripAccents',
]);

/**
 * Whether a text may be cut at a single space between two letters or digits, so that its tokens are those of its parts.
 * That is so if no word reaches over a space: pre-tokenizers that split there, and normalizers and added tokens that
 * do not look beyond one.
 */
export function splitsAtSpaces({ normalizer, pre_tokenizer, added_tokens: added = [] }: TokenizerJson): boolean {
  return (
    (normalizer == null || isLocal(normalizer)) &&
    pre_tokenizer != null &&
    endsWordsAtBlanks(pre_tokenizer) &&
    added.every(({ content, rstrip }) => !rstrip && !ADDED_WORD.test(content))
  );
}

function isLocal(normalizer: Normalizer): boolean {
  if (normalizer.type === 'Sequence') return (normalizer.normalizers ?? []).every(isLocal);
  // SentencePiece models make one blank of several: ` {2,}` reaches no further than their run.
  if (normalizer.type === 'Replace') return normalizer.pattern?.Regex === ' {2,}';
  return LOCAL_NORMALIZERS.has(normalizer.type ?? '');
}

function endsWordsAtBlanks(preTokenizer: PreTokenizer): boolean {
  switch (preTokenizer.type) {
    case 'BertPreTokenizer':
    case 'Whitespace':
    case 'WhitespaceSplit':
      return true;
    case 'ByteLevel':
      return preTokenizer.use_regex !== false;
    case 'Metaspace':
      return preTokenizer.split !== false;
    case 'Sequence': {
      // What comes after the first sees words only.
      const [first] = preTokenizer.pretokenizers ?? [];
      return first !== undefined && endsWordsAtBlanks(first);
    }
    default:
      return false;
  }
}

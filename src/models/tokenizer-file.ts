/** The parts of a `tokenizer.json` that the Rust library's API does not expose. */
export interface TokenizerJson {
  readonly normalizer?: Normalizer | null;
  readonly pre_tokenizer?: PreTokenizer | null;
  readonly model?: {
    readonly type?: string;
    readonly continuing_subword_prefix?: string | null;
    readonly max_input_chars_per_word?: number;
    /** The unknown token; a unigram model has `unk_id` instead. */
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

/** The prefix of tokens that continue a word, as `##` in WordPiece; `undefined` if they have none. */
export function continuationMark({ model }: TokenizerJson): string | undefined {
  return model?.continuing_subword_prefix || undefined;
}

/** How BERT's own tokenizer treats words. */
export interface BertRules {
  readonly lowercase: boolean;
  /** The most characters of a word; a longer word is one unknown token. */
  readonly maxWordLength: number;
}

/** The Rust tokenizer's default for {@link BertRules.maxWordLength}. */
const MAX_WORD_LENGTH = 100;

/**
 * The rules of BERT's own tokenizer, for which a text's tokens are those of its words and ASCII text can be split into
 * words without normalizing it first. Returns `undefined` for any other tokenizer.
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

/** An added token that may touch or contain a cut: the text on each side of it is tokenized separately. */
const ADDED_WORD = /\s|^[\p{L}\p{N}]|[\p{L}\p{N}]$/u;

/** Normalizers that look at one character, or one run of white space or marks, and nothing around it. */
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
 * Whether cutting a text at a single space between two letters or digits leaves its tokens as they are. That is so if
 * pre-tokenizers split at spaces, and if no normalizer and no added token looks beyond one.
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
  // SentencePiece models collapse runs of spaces: ` {2,}` matches nothing beyond a run.
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
      // The others only see words.
      const [first] = preTokenizer.pretokenizers ?? [];
      return first !== undefined && endsWordsAtBlanks(first);
    }
    default:
      return false;
  }
}

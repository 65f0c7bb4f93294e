import { LazyList } from '../documents/lazy-list.ts';
import { detokenize, type Token, type Tokenization } from '../documents/tokenization.ts';
import { builder } from './builder.ts';
import { ModelType } from './models.ts';
import { offsetEncodingArgs } from './offsets.ts';
import { failable } from './semantic-non-null.ts';

const PaddingType = builder.enumType('Padding', {
  description: 'How to pad a short input.',
  values: {
    NONE: { description: 'No padding.' },
    MAX_LENGTH: { description: 'Padded to `maxLength` with `[PAD]`.' },
  },
});

const TokenType = builder.objectRef<Token>('Token').implement({
  description: 'A token: a word or a part of one, or a special token.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Position in the sequence.' }),
    id: t.exposeInt('id', { description: 'Its id in the vocabulary.' }),
    text: t.exposeString('text', {
      description: 'The token itself, as in `##ing`; `[UNK]` if the vocabulary has none that fits.',
    }),
    special: t.exposeBoolean('special', {
      description: 'Whether it is not part of the text: `[CLS]`, `[SEP]` or `[PAD]`.',
    }),
    attended: t.exposeBoolean('attended', { description: 'Whether the model attends to it; false for padding.' }),
    start: t.exposeInt('start', {
      nullable: true,
      description: 'Where it starts in the text; null for special tokens.',
    }),
    end: t.exposeInt('end', { nullable: true, description: 'Where it ends, exclusive; null for special tokens.' }),
    wordIndex: t.exposeInt('wordIndex', {
      nullable: true,
      description: 'Index of the word it belongs to; null for special tokens.',
    }),
  }),
});

export const TokenizationType = builder.objectRef<Tokenization>('Tokenization').implement({
  description:
    'The input of a model for a text. For long texts, the lists `ids`, `pieces`, `starts` and `ends` are much cheaper than `tokens`.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description: 'The same for the same text, unit of positions, tokenizer and options: a key for caches.',
    }),
    text: t.exposeString('text', { description: 'The text as it was sent.' }),
    tokens: t.field({
      type: [TokenType],
      description: 'The tokens as objects.',
      resolve: (tokenization) => tokenization.tokens(),
    }),
    ids: t.intList({ description: 'The ids of the tokens.', resolve: ({ ids }) => ids }),
    pieces: t.stringList({
      description: 'The tokens themselves, as in `##ing`.',
      resolve: ({ ids, model }) => mapped(ids, (id) => model.tokenizer.tokenOf(id)),
    }),
    starts: t.intList({
      nullable: { list: false, items: true },
      description: 'Where the tokens start in the text; null for special tokens.',
      resolve: (tokenization) => tokenization.starts(),
    }),
    ends: t.intList({
      nullable: { list: false, items: true },
      description: 'Where the tokens end, exclusive; null for special tokens.',
      resolve: (tokenization) => tokenization.ends(),
    }),
    attentionMask: t.intList({
      description: '1 for tokens, 0 for padding.',
      resolve: ({ ids, attended }) => mapped(ids, (_, index) => (index < attended ? 1 : 0)),
    }),
    typeIds: t.intList({
      description: 'Segment ids: all 0, since there is one text.',
      resolve: ({ ids }) => mapped(ids, () => 0),
    }),
    tokenCount: t.exposeInt('tokenCount', { description: 'Number of tokens before truncation and without padding.' }),
    truncated: t.exposeBoolean('truncated', { description: 'Whether the text was truncated.' }),
    model: t.expose('model', { type: ModelType, description: 'The model whose tokenizer was used.' }),
  }),
});

builder.queryFields((t) => ({
  tokenize: t.field({
    type: TokenizationType,
    ...failable,
    description: 'Splits a text into the tokens that a model reads.',
    args: {
      text: t.arg.string({ required: true, description: 'Any well-formed text; it may be empty.' }),
      model: t.arg.id({ description: 'The model whose tokenizer to use; `bert-base-uncased` by default.' }),
      addSpecialTokens: t.arg.boolean({
        required: true,
        defaultValue: true,
        description: 'Whether to add `[CLS]` before and `[SEP]` after the text.',
      }),
      maxLength: t.arg.int({
        description: 'Length in tokens for padding and truncation; the model’s longest input by default.',
      }),
      padding: t.arg({
        type: PaddingType,
        required: true,
        defaultValue: 'NONE',
        description: 'Whether to pad to `maxLength`.',
      }),
      truncation: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Whether to truncate to `maxLength`.',
      }),
      ...offsetEncodingArgs,
    },
    resolve: (_root, { text, model, offsetEncoding, ...options }, { operation }) =>
      operation.document(text, offsetEncoding).tokens(model, options),
  }),
  detokenize: t.string({
    ...failable,
    description: 'Decodes token ids to text.',
    args: {
      ids: t.arg.intList({ required: true, description: 'Ids of tokens.' }),
      model: t.arg.id({ description: 'The model whose tokenizer to use; `bert-base-uncased` by default.' }),
      skipSpecialTokens: t.arg.boolean({
        required: true,
        defaultValue: true,
        description: 'Whether to leave out `[CLS]`, `[SEP]`, `[PAD]` and the like.',
      }),
    },
    resolve: async (_root, { ids, model, skipSpecialTokens }, { operation }) =>
      detokenize(await operation.use('TOKENIZATION', model), ids, skipSpecialTokens),
  }),
}));

/** Maps the ids of a tokenization while the list is read. */
function mapped<T>(ids: Int32Array, of: (id: number, index: number) => T): LazyList<T> {
  return new LazyList(ids.length, function* () {
    let index = 0;
    for (const id of ids) yield of(id, index++);
  });
}

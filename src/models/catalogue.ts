import type { DeviceChoice } from './device.ts';
import type { DtypeChoice } from './weights-file.ts';

/** The tasks, in the order in which models are listed. */
export const MODEL_TASKS = ['TOKENIZATION', 'SENTIMENT', 'NER', 'EMBEDDING'] as const;

/**
 * What a model does: `TOKENIZATION` is a tokenizer without a model, `SENTIMENT` and `NER` are encoders with a head, and
 * `EMBEDDING` is an encoder whose hidden states are pooled into vectors.
 */
export type ModelTask = (typeof MODEL_TASKS)[number];

/** A folder on this machine, in the layout that @huggingface/transformers loads. */
interface FolderSource {
  readonly kind: 'folder';
  /** Relative to the models directory for a bundled model, otherwise absolute. */
  readonly path: string;
}

/** A repository of the hub. */
export interface HubSource {
  readonly kind: 'hub';
  /** As in `dslim/bert-base-NER`. */
  readonly repository: string;
  /** Commit, tag or branch. A commit pins the files; a branch stays at the commit of the first download. */
  readonly revision: string;
  /**
   * Requested from a mirror that does not know {@link revision}, such as one that was copied without its history. It
   * is never requested from the hub itself.
   */
  readonly mirrorRevision?: string | undefined;
}

/** What is known about a model before its files are cached. */
interface ModelPreview {
  /** In the order of the model's outputs; empty for EMBEDDING. */
  readonly labels: readonly string[];
  readonly maxTokens: number;
  readonly vocabularySize: number;
  /** Length of a vector, for EMBEDDING. */
  readonly dimensions?: number | undefined;
}

/** A model's score on a public data set. */
export interface KnownScore {
  /** As in `SST-2 dev`. */
  readonly set: string;
  /** As in `accuracy` or `entity F1`. */
  readonly measure: string;
  readonly percent: number;
  /** Whether it was measured on these weights; otherwise it is what the authors report for theirs. */
  readonly measured: boolean;
}

/** A registered model. */
export interface ModelEntry {
  /** The id that the `model` argument takes. */
  readonly id: string;
  readonly task: ModelTask;
  readonly source: FolderSource | HubSource;
  /** Whether it comes with the package. */
  readonly bundled: boolean;
  /** Whether it is loaded when the server starts instead of on first use. */
  readonly preload: boolean;
  /** Type of the weights, as in `q8`, which selects the file to read; the server's setting if missing. */
  readonly dtype?: DtypeChoice | undefined;
  /** The device it runs on, as in `cpu`; the server's setting if missing. */
  readonly device?: DeviceChoice | undefined;
  /** The weights file, relative to the folder or repository, if `dtype` should not select it. */
  readonly file?: string | undefined;
  /** The head's labels, in the order of its outputs, in place of those in its `config.json`. */
  readonly labels?: readonly string[] | undefined;
  /** Prefix of a query for an EMBEDDING model, as in `query: `; overrides the model's own files. */
  readonly queryPrefix?: string | undefined;
  /** Prefix of a text that queries are compared with, for an EMBEDDING model, as in `passage: `. */
  readonly passagePrefix?: string | undefined;
  readonly preview?: ModelPreview | undefined;
  readonly description: string;
  /** SPDX identifier; `null` if it is unknown. */
  readonly license: string | null;
  readonly scores?: readonly KnownScore[] | undefined;
}

const BUNDLED = { bundled: true, preload: true, dtype: 'q8', license: 'Apache-2.0' } as const;

/** The models that come with the package. The first of each task is its default. */
export const BUNDLED_MODELS: readonly ModelEntry[] = [
  {
    ...BUNDLED,
    id: 'bert-base-uncased',
    task: 'TOKENIZATION',
    source: { kind: 'folder', path: 'sst2-minilm' },
    description: 'The WordPiece vocabulary of BERT base, uncased: lower case, accents stripped.',
  },
  {
    ...BUNDLED,
    id: 'bertql/sst2-minilm',
    task: 'SENTIMENT',
    source: { kind: 'folder', path: 'sst2-minilm' },
    description:
      'Sentiment of English sentences and reviews. A 6-layer BERT, uncased, in int8: 90.0 % on SST-2 dev. It has no neutral class.',
    scores: [
      { set: 'SST-2 dev', measure: 'accuracy', percent: 90, measured: true },
      { set: 'Amazon sentences (UCI)', measure: 'accuracy', percent: 93, measured: true },
      { set: 'IMDb sentences (UCI)', measure: 'accuracy', percent: 93.7, measured: true },
      { set: 'Yelp sentences (UCI)', measure: 'accuracy', percent: 91.3, measured: true },
    ],
  },
  {
    ...BUNDLED,
    id: 'bertql/conll-ner-minilm',
    task: 'NER',
    source: { kind: 'folder', path: 'conll-ner-minilm' },
    description:
      'Persons, organizations, locations and other names in English text. A 6-layer BERT, cased, in int8: F1 89.3 on CoNLL-2003 test.',
    scores: [
      { set: 'CoNLL-2003 dev', measure: 'entity F1', percent: 92.9, measured: true },
      { set: 'CoNLL-2003 test', measure: 'entity F1', percent: 89.3, measured: true },
      { set: 'WikiGold, 45 documents held out', measure: 'entity F1', percent: 75.2, measured: true },
      { set: 'WNUT-17 test', measure: 'entity F1', percent: 45.3, measured: true },
      { set: 'Broad Twitter Corpus, part f held out', measure: 'entity F1', percent: 70.1, measured: true },
      { set: 'Universal NER, English Web Treebank test', measure: 'entity F1', percent: 72.4, measured: true },
    ],
  },
  {
    ...BUNDLED,
    // Loaded on first use: a server that never computes a vector does not pay for it.
    preload: false,
    id: 'bertql/all-minilm-l6-v2',
    task: 'EMBEDDING',
    source: { kind: 'folder', path: 'all-minilm-l6-v2' },
    preview: { labels: [], maxTokens: 256, vocabularySize: 30_522, dimensions: 384 },
    description:
      'Sentence and word vectors of English text, 384 numbers each. all-MiniLM-L6-v2, a 6-layer BERT, uncased, in int8: Spearman 81.8 on STS-B test.',
    scores: [{ set: 'STS-B test', measure: 'Spearman of cosines', percent: 81.8, measured: true }],
  },
];

const ON_THE_HUB = { bundled: false, preload: false } as const;

/** Models of the hub that are registered by default; they are fetched on first use. */
export const HUB_MODELS: readonly ModelEntry[] = [
  {
    ...ON_THE_HUB,
    id: 'distilbert-base-uncased-finetuned-sst-2-english',
    task: 'SENTIMENT',
    source: {
      kind: 'hub',
      // The hub redirects this name to distilbert/….
      repository: 'distilbert-base-uncased-finetuned-sst-2-english',
      revision: '714eb0fa89d2f80546fda750413ed43d93601a13',
      mirrorRevision: 'main',
    },
    preview: { labels: ['NEGATIVE', 'POSITIVE'], maxTokens: 512, vocabularySize: 30_522 },
    description:
      'Sentiment of English sentences, the model of the well-known tutorial. A 6-layer DistilBERT, uncased; its card states 91.3 % on SST-2 dev. It has no neutral class.',
    license: 'Apache-2.0',
    scores: [{ set: 'SST-2 dev', measure: 'accuracy', percent: 91.3, measured: false }],
  },
  {
    ...ON_THE_HUB,
    id: 'dslim/bert-base-NER',
    task: 'NER',
    source: {
      kind: 'hub',
      repository: 'dslim/bert-base-NER',
      revision: 'd1a3e8f13f8c3566299d95fcfc9a8d2382a9affc',
      mirrorRevision: 'main',
    },
    preview: {
      labels: ['O', 'B-MISC', 'I-MISC', 'B-PER', 'I-PER', 'B-ORG', 'I-ORG', 'B-LOC', 'I-LOC'],
      maxTokens: 512,
      vocabularySize: 28_996,
    },
    description:
      'Persons, organizations, locations and other names in English text. A 12-layer BERT, cased; its card states F1 91.3 on CoNLL-2003 test.',
    license: 'MIT',
    scores: [{ set: 'CoNLL-2003 test', measure: 'entity F1', percent: 91.3, measured: false }],
  },
  {
    ...ON_THE_HUB,
    id: 'sentence-transformers/all-MiniLM-L6-v2',
    task: 'EMBEDDING',
    source: {
      kind: 'hub',
      repository: 'sentence-transformers/all-MiniLM-L6-v2',
      revision: 'c9745ed1d9f207416be6d2e6f8de32d1f16199bf',
      mirrorRevision: 'main',
    },
    preview: { labels: [], maxTokens: 256, vocabularySize: 30_522, dimensions: 384 },
    description:
      'Sentence and word vectors of English text, 384 numbers each. A 6-layer BERT, uncased: the bundled model of that name in full precision.',
    license: 'Apache-2.0',
    scores: [{ set: 'STS-B test', measure: 'Spearman of cosines', percent: 82, measured: true }],
  },
  {
    ...ON_THE_HUB,
    id: 'BAAI/bge-small-en-v1.5',
    task: 'EMBEDDING',
    source: {
      kind: 'hub',
      repository: 'BAAI/bge-small-en-v1.5',
      revision: '5c38ec7c405ec4b44b94cc5a9bb96e735b38267a',
      mirrorRevision: 'main',
    },
    queryPrefix: 'Represent this sentence for searching relevant passages: ',
    preview: { labels: [], maxTokens: 512, vocabularySize: 30_522, dimensions: 384 },
    description: 'Vectors of English text for search, 384 numbers each. A 12-layer BERT, uncased.',
    license: 'MIT',
  },
  {
    ...ON_THE_HUB,
    id: 'intfloat/e5-small-v2',
    task: 'EMBEDDING',
    source: {
      kind: 'hub',
      repository: 'intfloat/e5-small-v2',
      revision: 'ffb93f3bd4047442299a41ebb6fa998a38507c52',
      mirrorRevision: 'main',
    },
    queryPrefix: 'query: ',
    passagePrefix: 'passage: ',
    preview: { labels: [], maxTokens: 512, vocabularySize: 30_522, dimensions: 384 },
    description: 'Vectors of English text for search, 384 numbers each. A 12-layer BERT, uncased.',
    license: 'MIT',
  },
];

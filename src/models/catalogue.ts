/** What a model does: `TOKENIZATION` is a vocabulary alone, the other two have an encoder with a head. */
export type ModelTask = 'TOKENIZATION' | 'SENTIMENT' | 'NER';

/** A model that the server knows by name. */
export interface CatalogueEntry {
  /** The id that the `model` argument takes. */
  readonly id: string;
  readonly task: ModelTask;
  /** Folder below the models directory, in the layout that @huggingface/transformers loads. */
  readonly folder: string;
  readonly description: string;
  /** SPDX identifier. */
  readonly license: string;
}

/** The models that come with the package. The first of each task is its default. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    id: 'bert-base-uncased',
    task: 'TOKENIZATION',
    folder: 'sst2-minilm',
    description: 'The WordPiece vocabulary of BERT base, uncased: lower case, accents stripped.',
    license: 'Apache-2.0',
  },
  {
    id: 'bertql/sst2-minilm',
    task: 'SENTIMENT',
    folder: 'sst2-minilm',
    description:
      'Sentiment of English sentences and reviews. A 6-layer BERT, uncased, in int8: 90.0 % on SST-2 dev. It has no neutral class.',
    license: 'Apache-2.0',
  },
  {
    id: 'bertql/conll-ner-minilm',
    task: 'NER',
    folder: 'conll-ner-minilm',
    description:
      'Persons, organizations, locations and other names in English news and encyclopedia text. A 6-layer BERT, cased, in int8: F1 88.3 on CoNLL-2003 test.',
    license: 'Apache-2.0',
  },
];

import type { DeviceChoice } from './device.ts';
import type { DtypeChoice } from './weights-file.ts';

/** What a model does: `TOKENIZATION` is a vocabulary alone, the other two have an encoder with a head. */
export type ModelTask = 'TOKENIZATION' | 'SENTIMENT' | 'NER';

/** A model that the server knows by name. */
export interface CatalogueEntry {
  /** The id that the `model` argument takes. */
  readonly id: string;
  readonly task: ModelTask;
  /** Folder below the models directory, in the layout that @huggingface/transformers loads. */
  readonly folder: string;
  /** What it runs on; where it is not given, what the server's do. */
  readonly device?: DeviceChoice | undefined;
  /** Type of its weights; where it is not given, the server's. */
  readonly dtype?: DtypeChoice | undefined;
  /** The file of its weights, below the folder, where `dtype` is not to say it. */
  readonly file?: string | undefined;
  /** Names of its labels, instead of those in `config.json`. */
  readonly labels?: readonly string[] | undefined;
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
    dtype: 'q8',
    description:
      'Sentiment of English sentences and reviews. A 6-layer BERT, uncased, in int8: 90.0 % on SST-2 dev. It has no neutral class.',
    license: 'Apache-2.0',
  },
  {
    id: 'bertql/conll-ner-minilm',
    task: 'NER',
    folder: 'conll-ner-minilm',
    dtype: 'q8',
    description:
      'Persons, organizations, locations and other names in English news and encyclopedia text. A 6-layer BERT, cased, in int8: F1 88.3 on CoNLL-2003 test.',
    license: 'Apache-2.0',
  },
];

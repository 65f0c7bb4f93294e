import { join } from 'node:path';
import { BertqlError } from '../errors.ts';
import { CATALOGUE, type CatalogueEntry, type ModelTask } from './catalogue.ts';
import { type ModelFolder, readModelFolder } from './model-folder.ts';
import { Vocabulary } from './vocabulary.ts';

export type ModelState = 'AVAILABLE' | 'LOADING' | 'READY' | 'FAILED';

/** A registered model: what its catalogue entry and its folder say, its vocabulary, and its state. */
export class Model {
  readonly id: string;
  readonly task: ModelTask;
  readonly bundled = true;
  /** By the index of their logit; empty for a vocabulary alone. */
  readonly labels: readonly string[];
  readonly maxTokens: number;
  readonly vocabulary: Vocabulary;
  /** Whether decoding closes the blanks before punctuation. */
  readonly cleanUpSpaces: boolean;
  readonly device = 'cpu';
  readonly dtype: 'q8' | 'none';
  readonly sizeBytes: number;
  readonly description: string;
  readonly license: string;
  /** Folder with the weights, for the workers. */
  readonly path: string;
  #state: ModelState;

  constructor(entry: CatalogueEntry, folder: ModelFolder, vocabulary: Vocabulary) {
    const tokenizerOnly = entry.task === 'TOKENIZATION';
    this.id = entry.id;
    this.task = entry.task;
    this.labels = tokenizerOnly ? [] : folder.labels;
    this.maxTokens = folder.maxTokens;
    this.vocabulary = vocabulary;
    this.cleanUpSpaces = folder.cleanUpSpaces;
    this.dtype = tokenizerOnly ? 'none' : 'q8';
    this.sizeBytes = tokenizerOnly ? folder.tokenizerBytes : folder.weightsBytes;
    this.description = entry.description;
    this.license = entry.license;
    this.path = folder.path;
    this.#state = tokenizerOnly ? 'READY' : 'AVAILABLE';
  }

  get vocabularySize(): number {
    return this.vocabulary.size;
  }

  get state(): ModelState {
    return this.#state;
  }

  set state(state: ModelState) {
    this.#state = state;
  }
}

const TASK_NAMES: Readonly<Record<ModelTask, string>> = {
  TOKENIZATION: 'tokenize',
  SENTIMENT: 'score sentiment',
  NER: 'find entities',
};

/** The models of one server, by id. */
export class ModelRegistry {
  readonly models: readonly Model[];

  private constructor(models: readonly Model[]) {
    this.models = models;
  }

  /** Reads the folders of all models of the catalogue. Throws `ModelFolderError` for one that cannot be used. */
  static async open(modelsDirectory: string, catalogue = CATALOGUE): Promise<ModelRegistry> {
    const folders = new Map<string, Promise<ModelFolder>>();
    const vocabularies = new Map<string, Promise<Vocabulary>>();
    const models = catalogue.map(async (entry) => {
      const path = join(modelsDirectory, entry.folder);
      const folder = await getOrCreate(folders, path, () => readModelFolder(path));
      const { tokenizerPath } = folder;
      return new Model(
        entry,
        folder,
        await getOrCreate(vocabularies, tokenizerPath, () => Vocabulary.load(tokenizerPath)),
      );
    });
    return new ModelRegistry(await Promise.all(models));
  }

  /**
   * The model for a task: the one of that id, or the task's default.
   * Any model can tokenize; a vocabulary alone can do nothing else.
   */
  resolve(task: ModelTask, id?: string | null): Model {
    const able = this.models.filter((model) => model.task === task || task === 'TOKENIZATION');
    if (id == null) {
      const preferred = able.find((model) => model.task === task);
      if (preferred) return preferred;
      throw new BertqlError('UNKNOWN_MODEL', `No model that can ${TASK_NAMES[task]} is registered.`);
    }
    const model = this.models.find((candidate) => candidate.id === id);
    const choices = able.map((candidate) => candidate.id).join(', ');
    if (!model) {
      throw new BertqlError(
        'UNKNOWN_MODEL',
        `There is no model "${id}". Models that can ${TASK_NAMES[task]}: ${choices}.`,
      );
    }
    if (!able.includes(model)) {
      throw new BertqlError(
        'BAD_ARGUMENT',
        `model: "${id}" is for ${model.task} and cannot ${TASK_NAMES[task]}. Models that can: ${choices}.`,
      );
    }
    return model;
  }
}

function getOrCreate<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = create();
  map.set(key, made);
  return made;
}

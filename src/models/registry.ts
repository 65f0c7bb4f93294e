import { join } from 'node:path';
import { BertqlError } from '../errors.ts';
import { CATALOGUE, type CatalogueEntry, type ModelTask } from './catalogue.ts';
import { chooseDevice, type Device, type DeviceChoice } from './device.ts';
import { type ModelFolder, ModelFolderError, readModelFolder, type Weights } from './model-folder.ts';
import { Vocabulary } from './vocabulary.ts';
import { type Dtype, type DtypeChoice, isForCpu } from './weights-file.ts';

export type ModelState = 'AVAILABLE' | 'LOADING' | 'READY' | 'FAILED';

/** What shows once a model is loaded. */
export interface ModelFacts {
  readonly device: Device;
  /** Why it does not run on what was wanted. */
  readonly fallback: string | undefined;
  readonly batchInvariant: boolean;
}

/** A registered model: what its catalogue entry and its folder say, its vocabulary, and its state. */
export class Model {
  readonly id: string;
  readonly task: ModelTask;
  readonly bundled = true;
  /** By the index of their logit; empty for a vocabulary alone. */
  readonly labels: readonly string[];
  /** Whether each label has a probability of its own, so that several may hold at once, or none. */
  readonly independentLabels: boolean;
  readonly maxTokens: number;
  readonly vocabulary: Vocabulary;
  /** Whether decoding closes the blanks before punctuation. */
  readonly cleanUpSpaces: boolean;
  readonly dtype: Dtype | 'none';
  /** What it is to run on. */
  readonly wantedDevice: Device;
  readonly sizeBytes: number;
  readonly description: string;
  readonly license: string;
  readonly path: string;
  /** None for a vocabulary alone. */
  readonly weights: Weights | undefined;
  #state: ModelState;
  #facts: ModelFacts | undefined;
  readonly #cpuOnly: string | undefined;

  constructor(entry: CatalogueEntry, folder: ModelFolder, vocabulary: Vocabulary, device: Device) {
    const { weights } = folder;
    this.id = entry.id;
    this.task = entry.task;
    this.labels = folder.labels;
    this.independentLabels = folder.independentLabels;
    this.maxTokens = folder.maxTokens;
    this.vocabulary = vocabulary;
    this.cleanUpSpaces = folder.cleanUpSpaces;
    this.dtype = weights?.dtype ?? 'none';
    const cpuOnly = weights && device !== 'cpu' && isForCpu(weights.dtype);
    this.#cpuOnly = cpuOnly ? `weights in ${weights.dtype} are for the CPU, not for ${device}` : undefined;
    this.wantedDevice = weights && !cpuOnly ? device : 'cpu';
    this.sizeBytes = weights?.bytes ?? folder.tokenizerBytes;
    this.description = entry.description;
    this.license = entry.license;
    this.path = folder.path;
    this.weights = weights;
    this.#state = weights ? 'AVAILABLE' : 'READY';
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

  /** What it runs on; before it is loaded, what it is to run on. */
  get device(): Device {
    return this.#facts?.device ?? this.wantedDevice;
  }

  /** Why it runs on the CPU although another device was wanted. */
  get fallback(): string | undefined {
    return this.#facts?.fallback ?? this.#cpuOnly;
  }

  /** Whether a text's scores do not depend on its batch-mates. Where they do, each text runs alone. */
  get batchInvariant(): boolean {
    return this.#facts?.batchInvariant ?? false;
  }

  /** Takes note of what showed when it was loaded. */
  settle(facts: ModelFacts): void {
    this.#facts = facts;
  }
}

/** What is wanted of all models that do not say otherwise. */
export interface ModelSettings {
  readonly device: DeviceChoice;
  readonly dtype: DtypeChoice;
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
  static async open(
    modelsDirectory: string,
    catalogue = CATALOGUE,
    settings: ModelSettings = { device: 'cpu', dtype: 'auto' },
  ): Promise<ModelRegistry> {
    const vocabularies = new Map<string, Promise<Vocabulary>>();
    const models = catalogue.map(async (entry) => {
      const device = chooseDevice(entry.device ?? settings.device);
      const folder = await readModelFolder(join(modelsDirectory, entry.folder), entry.task, {
        ...entry,
        dtype: entry.dtype ?? settings.dtype,
        device,
      });
      const { tokenizerPath, padToken } = folder;
      const vocabulary = await getOrCreate(vocabularies, tokenizerPath, () => Vocabulary.load(tokenizerPath, padToken));
      checkVocabulary(folder, vocabulary);
      return new Model(entry, folder, vocabulary, device);
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

/** Throws where the tokenizer has pieces that the weights know nothing of. */
function checkVocabulary({ vocabularySize, path }: ModelFolder, { size }: Vocabulary): void {
  if (vocabularySize === undefined || size <= vocabularySize) return;
  throw new ModelFolderError(
    `${join(path, 'tokenizer.json')} has ids up to ${size - 1}, but the model knows ${vocabularySize} (vocab_size in config.json): they do not belong together.`,
  );
}

function getOrCreate<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = create();
  map.set(key, made);
  return made;
}

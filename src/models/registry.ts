import { BertqlError } from '../errors.ts';
import { BUNDLED_MODELS, HUB_MODELS, type ModelEntry, type ModelTask } from './catalogue.ts';
import { Model } from './model.ts';
import { ModelFiles, type ModelFilesOptions } from './model-files.ts';

export { Model, type ModelRuntime, type ModelState } from './model.ts';

const TASK_NAMES: Readonly<Record<ModelTask, string>> = {
  TOKENIZATION: 'tokenize',
  SENTIMENT: 'score sentiment',
  NER: 'find entities',
  EMBEDDING: 'embed texts',
};

export interface RegistryOptions extends ModelFilesOptions {
  /** The registered models; the first of a task is its default. */
  readonly entries?: readonly ModelEntry[];
}

/** The models of one server, by id. */
export class ModelRegistry {
  readonly models: readonly Model[];
  /** Opens and fetches their files. */
  readonly files: ModelFiles;

  private constructor(models: readonly Model[], files: ModelFiles) {
    this.models = models;
    this.files = files;
  }

  /**
   * Registers models and opens the preloaded bundled ones. Throws `ModelFolderError` if one of these cannot be used.
   */
  static async open(modelsDirectory: string, options: RegistryOptions = {}): Promise<ModelRegistry> {
    const files = new ModelFiles(modelsDirectory, options);
    const { entries = [...BUNDLED_MODELS, ...HUB_MODELS] } = options;
    const models = entries.map((entry) => new Model(entry, files.requestedOf(entry)));
    const open = async (model: Model) => {
      model.files = await files.open(model.entry);
      if (model.task === 'TOKENIZATION') model.state = 'READY';
      else model.weights = await files.weights(model.entry, model.files);
    };
    await Promise.all(models.filter(({ bundled, entry }) => bundled && entry.preload).map(open));
    return new ModelRegistry(models, files);
  }

  /** The model with an id, or `undefined`. */
  find(id: string): Model | undefined {
    return this.models.find((model) => model.id === id);
  }

  /** The model with an id. Throws UNKNOWN_MODEL. */
  get(id: string): Model {
    const model = this.find(id);
    if (model) return model;
    const choices = this.models.map((each) => each.id).join(', ');
    throw new BertqlError('UNKNOWN_MODEL', `There is no model "${id}". Models: ${choices}.`);
  }

  /**
   * The model for a task: the one with that id, or the task's default. Any model can tokenize. Throws UNKNOWN_MODEL, or
   * BAD_ARGUMENT for a model that cannot do the task.
   */
  resolve(task: ModelTask, id?: string | null): Model {
    if (id == null) {
      const preferred = this.models.find((model) => model.task === task);
      if (preferred) return preferred;
      throw new BertqlError('UNKNOWN_MODEL', `No model that can ${TASK_NAMES[task]} is registered.`);
    }
    const model = this.find(id);
    if (model && (model.task === task || task === 'TOKENIZATION')) return model;
    const able = this.models.filter((each) => each.task === task || task === 'TOKENIZATION');
    const choices = able.map((candidate) => candidate.id).join(', ');
    if (!model) {
      throw new BertqlError(
        'UNKNOWN_MODEL',
        `There is no model "${id}". Models that can ${TASK_NAMES[task]}: ${choices}.`,
      );
    }
    throw new BertqlError(
      'BAD_ARGUMENT',
      `model: "${id}" is for ${model.task} and cannot ${TASK_NAMES[task]}. Models that can: ${choices}.`,
    );
  }
}

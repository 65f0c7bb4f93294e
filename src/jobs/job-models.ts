import { BertqlError } from '../errors.ts';
import type { Model, ModelRegistry } from '../models/registry.ts';

/** The models that an analysis reads with. */
export interface JobModels {
  readonly ner: Model;
  readonly sentiment: Model;
}

/**
 * Picks the models of an analysis from ids of any order: at most one a task, the task's default where there is none.
 * Throws UNKNOWN_MODEL, and BAD_ARGUMENT for two of a task and for one that does neither task.
 */
export function jobModels(registry: ModelRegistry, ids: readonly string[] | null | undefined): JobModels {
  const chosen = new Map<string, Model>();
  for (const id of ids ?? []) {
    const task = registry.models.find((model) => model.id === id)?.task === 'SENTIMENT' ? 'SENTIMENT' : 'NER';
    const model = registry.resolve(task, id);
    const other = chosen.get(task);
    if (other && other !== model) {
      throw new BertqlError('BAD_ARGUMENT', `models: "${other.id}" and "${id}" are both for ${task}; send one a task.`);
    }
    chosen.set(task, model);
  }
  return {
    ner: chosen.get('NER') ?? registry.resolve('NER'),
    sentiment: chosen.get('SENTIMENT') ?? registry.resolve('SENTIMENT'),
  };
}

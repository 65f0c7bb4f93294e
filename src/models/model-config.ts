import type { ModelTask } from './catalogue.ts';
import type { JsonObject } from './json-file.ts';

/** The classification head of a model. */
export interface Head {
  /** In the order of the head's outputs. */
  readonly labels: readonly string[];
  /** Whether each label has a probability of its own (a sigmoid), instead of all sharing one (a softmax). */
  readonly independentLabels: boolean;
}

/** How the architecture's name ends for each task, as in `BertForTokenClassification`. */
const HEADS: Readonly<Partial<Record<ModelTask, string>>> = {
  SENTIMENT: 'ForSequenceClassification',
  NER: 'ForTokenClassification',
};

/**
 * Reads a model's head from its configuration and checks that it fits the task. Throws an error whose message is the
 * reason. What the configuration leaves open is checked when the weights are loaded.
 *
 * @param names the labels' names, in place of the configuration's
 */
export function readHead(config: JsonObject, task: ModelTask, names?: readonly string[]): Head {
  const wanted = HEADS[task];
  const { architectures, problem_type: problem } = config;
  if (wanted && Array.isArray(architectures) && architectures.length > 0) {
    if (!architectures.some((name) => String(name).endsWith(wanted))) {
      throw new Error(`its architecture must be one …${wanted} for ${task}, but it is ${architectures.join(', ')}.`);
    }
  }
  const labels = names ?? labelsOf(config);
  if (problem === 'regression' || labels.length < 2) {
    throw new Error(
      `it must choose between at least two labels, but it has ${labels.length === 1 ? 'one output' : 'a regression head'}, which is a number and no choice.`,
    );
  }
  const independentLabels = problem === 'multi_label_classification';
  if (independentLabels && task === 'NER') {
    throw new Error('its problem_type is multi_label_classification, but a token has one label at a time in NER.');
  }
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) throw new Error(`two of its labels are named "${twice}".`);
  return { labels, independentLabels };
}

/** The names in `id2label`; without it two labels, as the Python package transformers assumes. */
function labelsOf(config: JsonObject): readonly string[] {
  const { id2label, num_labels: count } = config;
  if (id2label === undefined || id2label === null) {
    return Array.from({ length: typeof count === 'number' ? count : 2 }, (_, index) => `LABEL_${index}`);
  }
  if (typeof id2label !== 'object') throw new Error('id2label must be an object that names the labels by their index.');
  const names = new Map(Object.entries(id2label));
  return Array.from(names, (_, index) => {
    const label: unknown = names.get(String(index));
    if (typeof label === 'string' && label !== '') return label;
    throw new Error(`id2label must name label ${index}, but it has ${JSON.stringify(label)}.`);
  });
}

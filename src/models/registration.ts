import { dirname, isAbsolute, resolve } from 'node:path';
import { BUNDLED_MODELS, HUB_MODELS, MODEL_TASKS, type ModelEntry, type ModelTask } from './catalogue.ts';
import { DEVICES } from './device.ts';
import { JsonPlace, RegistrationError } from './json-place.ts';
import { DTYPES } from './weights-file.ts';

export { RegistrationError };

/** Text that registers models, and what it is called in messages: a file, or a variable. */
export interface Registration {
  readonly name: string;
  readonly text: string;
}

const TOP = ['$schema', 'models', 'defaults'];
const FIELDS = [
  'id',
  'task',
  'repository',
  'folder',
  'revision',
  'file',
  'dtype',
  'device',
  'labels',
  'license',
  'description',
  'preload',
];

/**
 * The models that a server knows: those that come with the package, those of the hub that are known by name, and those
 * of a registration. The first of a task is its default. Throws {@link RegistrationError}, which names the place.
 */
export function registeredModels(registration: Registration | undefined): readonly ModelEntry[] {
  const known = new Map([...BUNDLED_MODELS, ...HUB_MODELS].map((entry) => [entry.id, entry]));
  if (!registration) return [...known.values()];
  const root = JsonPlace.parse(registration.name, registration.text);
  const top = root.isList() ? undefined : root.knownFields(TOP);
  const places = (top ? top.field('models') : root)?.items() ?? [];
  const own = new Map<string, ModelEntry>();
  for (const place of places) {
    const entry = readEntry(place.knownFields(FIELDS), known, dirname(registration.name));
    if (own.has(entry.id)) throw place.need('id').failure('must be another one for each model', entry.id);
    own.set(entry.id, entry);
  }
  const all = new Map([...known, ...own]);
  const defaults = top?.field('defaults')?.knownFields(MODEL_TASKS);
  return withDefaults([...all.values()], (task) => defaults?.field(task));
}

function readEntry(place: JsonPlace, known: ReadonlyMap<string, ModelEntry>, base: string): ModelEntry {
  const idPlace = place.need('id');
  const id = idPlace.text(/^[^\p{Cc}]{1,200}$/u, 'an id of at most 200 characters');
  const other = known.get(id);
  if (other?.bundled) throw idPlace.failure('must not be one of the models that come with bertql', id);
  const task = place.field('task')?.choice(MODEL_TASKS) ?? other?.task;
  if (!task) throw place.failure(`must have a task, one of ${MODEL_TASKS.join(', ')}`);
  return {
    id,
    task,
    source: readSource(place, other, base),
    bundled: false,
    preload: place.field('preload')?.flag() ?? false,
    dtype: place.field('dtype')?.choice(['auto', ...DTYPES]) ?? other?.dtype,
    device: place.field('device')?.choice(['auto', ...DEVICES]) ?? other?.device,
    file: place.field('file')?.text(WEIGHTS_FILE, 'a path below the model that ends in .onnx'),
    labels: readLabels(place.field('labels')),
    preview: other?.preview,
    description: place.field('description')?.text(/\S/, 'some words') ?? other?.description ?? '',
    license: place.field('license')?.text(/\S/, 'the name of a licence') ?? other?.license ?? null,
    scores: other?.scores,
  };
}

/** Nothing that leads out of a folder, and nothing that an address could take for more than a name. */
const WEIGHTS_FILE = /^(?!.*(^|\/)\.{1,2}(\/|$))[\w.-]+(\/[\w.-]+)*\.onnx$/;
const REPOSITORY = /^(?!.*(\.\.|--))\w[\w.-]*(\/\w[\w.-]*)?$/;
const REVISION = /^(?!.*\.\.)\w[\w./-]*$/;

function readSource(place: JsonPlace, other: ModelEntry | undefined, base: string): ModelEntry['source'] {
  const folder = place.field('folder');
  const repository = place.field('repository');
  const revision = place.field('revision')?.text(REVISION, 'a commit, a tag or a branch');
  if (folder && repository) throw place.failure('must have a repository or a folder, not both');
  if (folder) {
    if (revision !== undefined)
      throw place.need('revision').failure('is for a repository; a folder has none', revision);
    const path = folder.text(/\S/, 'a path');
    return { kind: 'folder', path: isAbsolute(path) ? path : resolve(base, path) };
  }
  if (repository) {
    const name = repository.text(REPOSITORY, 'a name as in dslim/bert-base-NER');
    return { kind: 'hub', repository: name, revision: revision ?? 'main' };
  }
  if (!other) throw place.failure('must have a repository of the hub or a folder of this machine');
  if (other.source.kind !== 'hub' || revision === undefined) return other.source;
  return { kind: 'hub', repository: other.source.repository, revision };
}

function readLabels(place: JsonPlace | undefined): readonly string[] | undefined {
  const labels = place?.items().map((item) => item.text(/\S/, 'the name of a label'));
  if (place && labels && labels.length < 2) throw place.failure('must name at least two labels', labels);
  return labels;
}

/** Puts the default of each task in front of the others of its task. */
function withDefaults(
  entries: readonly ModelEntry[],
  defaultOf: (task: ModelTask) => JsonPlace | undefined,
): readonly ModelEntry[] {
  const first = MODEL_TASKS.flatMap((task) => {
    const place = defaultOf(task);
    if (!place) return [];
    const choices = entries.filter((entry) => entry.task === task);
    const id = place.choice(choices.map((entry) => entry.id));
    return choices.filter((entry) => entry.id === id);
  });
  return [...first, ...entries.filter((entry) => !first.includes(entry))];
}

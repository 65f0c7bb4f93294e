import { dirname, isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../thrown.ts';
import { BUNDLED_MODELS, HUB_MODELS, MODEL_TASKS, type ModelEntry, type ModelTask } from './catalogue.ts';
import { DEVICES } from './device.ts';
import { parseJson } from './json-file.ts';
import { DTYPES } from './weights-file.ts';

/**
 * Thrown for an invalid registration. The message names the file and the field, the expected value and the actual one.
 */
export class RegistrationError extends Error {
  override readonly name = 'RegistrationError';
}

/** JSON that registers models, and the name of its source in messages: a file or a variable. */
export interface Registration {
  readonly name: string;
  readonly text: string;
}

/** Text that matches a pattern, which messages describe in words. */
function text(form: RegExp, what: string) {
  const error = `must be ${what}`;
  return z.string({ error }).regex(form, { error });
}

function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

const flag = z.boolean({ error: 'must be true or false' });
const words = text(/\S/, 'some words');
const prefix = z.string({ error: 'must be a text, such as "query: "' });

const modelFields = {
  id: text(/^[^\p{Cc}]{1,200}$/u, 'an id of at most 200 characters'),
  task: choice(MODEL_TASKS).nullish(),
  repository: text(/^(?!.*(\.\.|--))\w[\w.-]*(\/\w[\w.-]*)?$/, 'a name as in dslim/bert-base-NER').nullish(),
  folder: text(/\S/, 'a path').nullish(),
  revision: text(/^(?!.*\.\.)\w[\w./-]*$/, 'a commit, a tag or a branch').nullish(),
  // Nothing that points outside of a folder or has a meaning in a URL.
  file: text(
    /^(?!.*(^|\/)\.{1,2}(\/|$))[\w.-]+(\/[\w.-]+)*\.onnx$/,
    'a path below the model that ends in .onnx',
  ).nullish(),
  dtype: choice(['auto', ...DTYPES]).nullish(),
  device: choice(['auto', ...DEVICES]).nullish(),
  labels: z
    .array(text(/\S/, 'the name of a label'), { error: 'must be a list' })
    .min(2, { error: 'must name at least two labels' })
    .nullish(),
  queryPrefix: prefix.nullish(),
  passagePrefix: prefix.nullish(),
  license: text(/\S/, 'the name of a licence').nullish(),
  description: words.nullish(),
  preload: flag.nullish(),
};

/** A JSON object with these fields and no others. */
function object<T extends z.core.$ZodShape>(fields: T) {
  const known = Object.keys(fields).join(', ');
  return z.strictObject(fields, {
    error: ({ code }) => (code === 'unrecognized_keys' ? `is not known here. Known are ${known}` : 'must be an object'),
  });
}

const Models = z.array(object(modelFields), { error: 'must be a list' });
const defaultFields = Object.fromEntries(
  MODEL_TASKS.map((task) => [task, z.string({ error: 'must be an id' }).nullish()]),
);
const Top = object({
  $schema: z.unknown().optional(),
  models: Models.nullish(),
  defaults: object(defaultFields).nullish(),
});

type ModelFields = z.infer<typeof Models>[number];

/**
 * The models of a server: the bundled ones, the known ones of the hub, and those of a registration. The first of each
 * task is its default. Throws {@link RegistrationError}.
 */
export function registeredModels(registration: Registration | undefined): readonly ModelEntry[] {
  const known = new Map([...BUNDLED_MODELS, ...HUB_MODELS].map((entry) => [entry.id, entry]));
  if (!registration) return [...known.values()];
  const file = new RegistrationFile(registration.name);
  const json = file.parse(registration.text);
  const isList = Array.isArray(json);
  const { models, defaults } = isList ? { models: file.check(Models, json), defaults: null } : file.check(Top, json);
  const own = new Map<string, ModelEntry>();
  for (const [index, fields] of (models ?? []).entries()) {
    const path = isList ? [index] : ['models', index];
    const entry = readEntry(file, path, fields, known.get(fields.id));
    if (own.has(entry.id)) throw file.failure([...path, 'id'], 'must be unique', entry.id);
    own.set(entry.id, entry);
  }
  const all = [...new Map([...known, ...own]).values()];
  const preferred = MODEL_TASKS.flatMap((task) => defaultOf(file, all, task, defaults?.[task] ?? undefined));
  return [...preferred, ...all.filter((entry) => !preferred.includes(entry))];
}

/** A model of a registration; fields that it leaves out come from the known model of the same id. */
function readEntry(file: RegistrationFile, path: Path, fields: ModelFields, known: ModelEntry | undefined): ModelEntry {
  const { id, labels } = fields;
  if (known?.bundled) throw file.failure([...path, 'id'], 'must not be one of the models that come with bertql', id);
  const task = fields.task ?? known?.task;
  if (!task) throw file.failure(path, `must have a task, one of ${MODEL_TASKS.join(', ')}`);
  return {
    id,
    task,
    source: readSource(file, path, fields, known),
    bundled: false,
    preload: fields.preload ?? false,
    dtype: fields.dtype ?? known?.dtype,
    device: fields.device ?? known?.device,
    file: fields.file ?? undefined,
    labels: labels ?? undefined,
    queryPrefix: fields.queryPrefix ?? known?.queryPrefix,
    passagePrefix: fields.passagePrefix ?? known?.passagePrefix,
    preview: known?.preview,
    description: fields.description ?? known?.description ?? '',
    license: fields.license ?? known?.license ?? null,
    scores: known?.scores,
  };
}

function readSource(
  file: RegistrationFile,
  path: Path,
  { folder, repository, revision }: ModelFields,
  known: ModelEntry | undefined,
): ModelEntry['source'] {
  if (folder != null && repository != null) throw file.failure(path, 'must have a repository or a folder, not both');
  if (folder != null) {
    if (revision != null) {
      throw file.failure([...path, 'revision'], 'is for a repository; a folder has none', revision);
    }
    return { kind: 'folder', path: isAbsolute(folder) ? folder : resolve(dirname(file.name), folder) };
  }
  if (repository != null) return { kind: 'hub', repository, revision: revision ?? 'main' };
  if (!known) throw file.failure(path, 'must have a repository of the hub or a folder of this machine');
  if (known.source.kind !== 'hub' || revision == null) return known.source;
  return { kind: 'hub', repository: known.source.repository, revision };
}

/** The model that a registration makes the default of a task, if any. */
function defaultOf(
  file: RegistrationFile,
  all: readonly ModelEntry[],
  task: ModelTask,
  id: string | undefined,
): readonly ModelEntry[] {
  if (id === undefined) return [];
  const able = all.filter((entry) => entry.task === task);
  const chosen = able.filter((entry) => entry.id === id);
  if (chosen.length > 0) return chosen;
  throw file.failure(['defaults', task], `must be one of ${able.map((entry) => entry.id).join(', ')}`, id);
}

type Path = readonly (string | number)[];

/** A registration's file; makes the messages for what is wrong with it. */
class RegistrationFile {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  parse(text: string): unknown {
    try {
      return parseJson(text);
    } catch (error) {
      throw new RegistrationError(`${this.name} is not JSON: ${messageOf(error)}.`);
    }
  }

  /** Parses JSON by a schema. Throws the first failure. */
  check<T extends z.ZodType>(schema: T, json: unknown): z.infer<T> {
    const { success, data, error } = schema.safeParse(json, { reportInput: true });
    if (success) return data;
    const [issue] = error.issues;
    const path = (issue?.path ?? []).map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue?.code === 'unrecognized_keys') throw this.failure([...path, ...issue.keys.slice(0, 1)], issue.message);
    const came: unknown = issue?.input;
    if (path.length > 0 && (came === undefined || came === null)) throw this.failure(path, 'is missing');
    throw this.failure(path, issue?.message ?? 'cannot be used', came);
  }

  /** The error to throw for a field and its actual value. */
  failure(path: Path, what: string, came?: unknown): RegistrationError {
    const place = path
      .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
      .join('')
      .replace(/^\./, '');
    const at = place === '' ? this.name : `${this.name}: ${place}`;
    return new RegistrationError(`${at} ${what}${came === undefined ? '' : `, but it is ${JSON.stringify(came)}`}.`);
  }
}

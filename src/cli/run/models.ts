import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '../../config.ts';
import { type ModelEngine, ModelLoader } from '../../inference/model-loader.ts';
import type { HubSource } from '../../models/catalogue.ts';
import type { HashVerdict } from '../../models/hub/content-hash.ts';
import type { FetchedFiles } from '../../models/hub/hub.ts';
import { openRegistry } from '../../models/open-registry.ts';
import type { Model, ModelRegistry } from '../../models/registry.ts';
import { showDownloads, size } from '../downloads.ts';
import { CommandFailure } from '../failure.ts';
import { table } from '../table.ts';
import { printLine, shownJson } from '../terminal.ts';

/** Prints the registered models as a table or as JSON. */
export async function listModels(json: boolean): Promise<void> {
  const registry = await openRegistry(loadConfig());
  const rows = await Promise.all(registry.models.map((model) => describe(registry, model)));
  printLine(json ? shownJson(rows, 2) : listOf(rows));
}

function listOf(rows: readonly Awaited<ReturnType<typeof describe>>[]): string {
  const lines = rows.map((row) => [
    `${row.default ? '*' : ' '} ${row.id}`,
    row.task,
    row.place,
    row.dtype,
    row.sizeBytes === null ? '' : size(row.sizeBytes),
    row.license ?? '',
  ]);
  const heading = ['  id', 'task', 'where', 'dtype', 'size', 'licence'];
  return `${table([heading, ...lines], ['left', 'left', 'left', 'left', 'right', 'left'])}\n* the default of its task`;
}

async function describe(registry: ModelRegistry, model: Model) {
  const { entry, id, task, license, description } = model;
  const files = await registry.files.cached(entry);
  const place = files?.complete ? 'fetched' : files ? 'in part' : 'on the hub';
  const sizeBytes = files ? await sizeOf(files) : (model.sizeBytes ?? (await registry.files.sizeOf(entry)));
  return {
    id,
    task,
    default: registry.resolve(task) === model,
    place: entry.bundled ? 'bundled' : entry.source.kind === 'folder' ? 'folder' : place,
    source: entry.source.kind === 'hub' ? entry.source.repository : entry.source.path,
    revision: entry.source.kind === 'hub' ? entry.source.revision : null,
    dtype: model.dtype,
    sizeBytes,
    license,
    description,
  };
}

/** Nothing is loaded into it: a loader with this engine only downloads. */
const NO_ENGINE: ModelEngine = { load: async () => undefined, unload: async () => undefined };

/** Downloads models, with their progress on standard error. */
export async function pullModels(ids: readonly string[], signal: AbortSignal): Promise<void> {
  const registry = await openRegistry(loadConfig());
  const options = { load: 'WAIT', modelMemoryBytes: Number.POSITIVE_INFINITY, workers: 1 } as const;
  const loader = new ModelLoader(registry, NO_ENGINE, options);
  await loader.start([], Promise.resolve());
  const hide = showDownloads(process.stderr, loader.events, true);
  try {
    for (const { model } of ofTheHub(registry, ids)) await pull(registry, loader, model, signal);
  } finally {
    await loader.close();
    hide();
  }
}

async function pull(registry: ModelRegistry, loader: ModelLoader, model: Model, signal: AbortSignal): Promise<void> {
  const before = await registry.files.cached(model.entry);
  const damaged = await registry.files.discardDamaged(model.entry, signal);
  if (before?.complete && damaged.length === 0) {
    printLine(`${model.id} is already fetched, and intact: ${size(await sizeOf(before))} in ${before.path}`);
    return;
  }
  if (damaged.length > 0) printLine(`${model.id}: damaged, so fetched again: ${damaged.join(', ')}`);
  await loader.load(model, signal);
  const files = await registry.files.cached(model.entry);
  if (!files?.complete) throw new CommandFailure(`${model.id} was fetched but is not in the cache.`);
  printLine(`${model.id} is fetched: ${size(await sizeOf(files))} in ${files.path}`);
}

/** Compares fetched models with their hashes. Throws if one is damaged. */
export async function verifyModels(ids: readonly string[], signal: AbortSignal): Promise<void> {
  const registry = await openRegistry(loadConfig());
  const wanted =
    ids.length > 0 ? ids : registry.models.flatMap(({ entry, id }) => (entry.source.kind === 'hub' ? id : []));
  let bad = 0;
  for (const { model, source } of ofTheHub(registry, wanted)) {
    const files = await registry.files.cached(model.entry);
    const verified = files ? await registry.files.verify(source, files, signal) : [];
    const of = (verdict: HashVerdict) => verified.filter((each) => each.verdict === verdict).map(({ file }) => file);
    const [damaged, unknown] = [of('different'), of('unknown')];
    if (damaged.length > 0) {
      bad++;
      printLine(`${model.id}: damaged: ${damaged.join(', ')}`);
    } else if (!files?.complete) {
      if (ids.length === 0) continue;
      const what = files ? 'is only partly fetched' : 'is not fetched';
      throw new CommandFailure(`${model.id} ${what}. Fetch it with: bertql models pull ${model.id}`);
    } else
      printLine(unknown.length > 0 ? `${model.id}: no hash is known of ${unknown.join(', ')}` : `${model.id}: intact`);
  }
  if (bad > 0) throw new CommandFailure('Fetch what is damaged again with: bertql models pull <id>');
}

/** Removes fetched models from the cache. */
export async function removeModels(ids: readonly string[]): Promise<void> {
  const registry = await openRegistry(loadConfig());
  for (const { model, source } of ofTheHub(registry, ids)) {
    const files = await registry.files.cached(model.entry);
    if (!files) printLine(`${model.id} is not fetched.`);
    else printLine(`${model.id} is removed, which frees ${size(await registry.files.remove(source, files))}`);
  }
}

/** Models of the hub by their ids. Throws if there is none of an id, or it is from elsewhere. */
function ofTheHub(
  registry: ModelRegistry,
  ids: readonly string[],
): readonly { readonly model: Model; readonly source: HubSource }[] {
  return ids.map((id) => {
    const model = registry.get(id);
    const { source } = model.entry;
    if (source.kind === 'hub') return { model, source };
    throw new CommandFailure(
      `${id} is not on the hub: it ${model.bundled ? 'comes with bertql' : 'is a folder of yours'}.`,
    );
  });
}

async function sizeOf({ path, files }: FetchedFiles): Promise<number> {
  const sizes = files.map(async (file) => (file === undefined ? 0 : (await stat(join(path, file))).size));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

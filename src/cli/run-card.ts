import { availableParallelism, cpus, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type Config, loadConfig } from '../config.ts';
import { Document } from '../documents/document.ts';
import { messageOf } from '../errors.ts';
import { Inference } from '../inference/inference.ts';
import type { Loaders } from '../inference/loaders.ts';
import type { KnownScore, ModelTask } from '../models/catalogue.ts';
import { openRegistry } from '../models/open-registry.ts';
import { type Model, ModelRegistry } from '../models/registry.ts';
import { documentOptions } from '../server/document-options.ts';
import { CommandFailure } from './failure.ts';
import { showProgress } from './progress.ts';
import { fetchModel } from './run-models.ts';

/** How fast texts of one kind are read. */
interface Speed {
  readonly kind: string;
  /** Tokens of a text, special tokens included. */
  readonly tokensPerText: number;
  /** Median time of one text when nothing else is under way, in milliseconds. */
  readonly aloneMs: number;
  /** With all threads at work. */
  readonly textsPerSecond: number;
  readonly tokensPerSecond: number;
}

/** Memory of the process, in bytes. */
interface MemoryUse {
  /** With its threads, before the model. */
  readonly without: number;
  /** With the model in all threads. */
  readonly loaded: number;
  /** After all that was measured. */
  readonly used: number;
}

export interface Card {
  readonly id: string;
  readonly task: ModelTask;
  readonly description: string;
  readonly license: string | null;
  readonly source: string;
  readonly labels: readonly string[];
  /** Numbers of a vector, for EMBEDDING. */
  readonly dimensions: number | null;
  readonly maxTokens: number;
  readonly vocabularySize: number;
  readonly sizeBytes: number | null;
  readonly dtype: string;
  readonly device: string;
  readonly batchInvariant: boolean;
  readonly scores: readonly KnownScore[];
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly node: string;
    readonly workers: number;
    /** Cores that other programs used just before. */
    readonly coresInUse: number;
  };
  /** None for a tokenizer without a model. */
  readonly speeds: readonly Speed[];
  readonly memory: MemoryUse | null;
}

/** Texts of two lengths. Each call makes other ones, in case something would remember them. */
const KINDS: readonly { readonly kind: string; readonly text: (index: number) => string }[] = [
  {
    kind: 'a sentence',
    text: (index) =>
      `Order ${index}: Anna Berg of Northwind in Oslo says that the lamp works well, though it came late.`,
  },
  {
    kind: 'a paragraph',
    text: (index) =>
      `Report ${index}. On Monday the board of Northwind met in Oslo to talk about the new plant in Portugal. Anna Berg, who leads the company since 2019, said that the first machines will arrive in spring. Not everybody was pleased: two members, among them Peter Sand, find the plan too costly, and they asked for another offer from Fabrikam. The mayor of Porto called it good news for the whole region. Workers hope for some three hundred jobs, and for better buses. A decision is to come before the end of the year.`,
  },
];
/** Texts under way for each thread: enough to keep all of them at work. */
const TEXTS_A_THREAD = 16;

/** Measures a model on this machine. Fetches it first where it is on the hub. */
export async function makeCard(id: string, seconds: number, signal: AbortSignal): Promise<Card> {
  const config: Config = { ...loadConfig(), cacheBytes: 0, load: 'WAIT' };
  const all = await openRegistry(config);
  const { entry } = all.get(id);
  // Of its own, so that no other model is in memory.
  const registry = await ModelRegistry.open(config.modelsDirectory, {
    ...config,
    entries: [{ ...entry, preload: false }],
  });
  const model = registry.get(id);
  if (entry.source.kind === 'hub') await fetchModel(registry, model, signal);
  const inference = new Inference(registry, config);
  let doing = `loading ${id}`;
  const shown = showProgress(process.stderr, true, () => doing);
  try {
    await inference.start();
    const without = process.memoryUsage.rss();
    await inference.loader.load(model, signal, true).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new CommandFailure(messageOf(cause), { cause });
    });
    const loaded = process.memoryUsage.rss();
    const coresInUse = await measureCoresInUse(signal);
    const speeds: Speed[] = [];
    for (const { kind, text } of model.task === 'TOKENIZATION' ? [] : KINDS) {
      doing = `reading texts: ${kind}`;
      speeds.push({ kind, ...(await measure(inference, config, text, seconds, signal)) });
    }
    const used = process.memoryUsage.rss();
    const { source } = entry;
    return {
      id,
      task: model.task,
      description: model.description,
      license: model.license,
      source:
        source.kind === 'hub' ? `${source.repository} on the hub` : entry.bundled ? 'comes with bertql' : source.path,
      labels: model.labels,
      dimensions: model.task === 'EMBEDDING' ? model.dimensions : null,
      maxTokens: model.maxTokens,
      vocabularySize: model.vocabularySize,
      sizeBytes: model.sizeBytes,
      dtype: model.dtype,
      device: model.device,
      batchInvariant: model.batchInvariant,
      scores: entry.scores ?? [],
      machine: {
        processor: cpus()[0]?.model ?? 'unknown',
        cores: availableParallelism(),
        memoryBytes: totalmem(),
        node: process.version,
        workers: config.workers,
        coresInUse,
      },
      speeds,
      memory: model.task === 'TOKENIZATION' ? null : { without, loaded, used },
    };
  } finally {
    shown.end();
    await inference.close();
  }
}

/** What others take of the machine, and thus of the figures. */
async function measureCoresInUse(signal: AbortSignal): Promise<number> {
  const busyMs = () => cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  const [busy, at] = [busyMs(), performance.now()];
  await delay(500, undefined, { signal });
  return (busyMs() - busy) / (performance.now() - at);
}

async function measure(
  inference: Inference,
  config: Config,
  textOf: (index: number) => string,
  seconds: number,
  signal: AbortSignal,
): Promise<Omit<Speed, 'kind'>> {
  const [model] = inference.registry.models;
  let next = 0;
  let tokens = 0;
  const readOne = async () => {
    const loaders = inference.loaders({ signal, patient: true });
    try {
      const text = textOf(next++);
      const document = new Document(text, 'UTF16', loaders, inference.registry, documentOptions(config));
      if (model?.task === 'NER') await document.entities({ aggregation: 'FIRST', minConfidence: 0 });
      else if (model?.task === 'EMBEDDING') await embed(loaders, model, text);
      else await document.sentiment(model?.id, 'WINDOWS');
      const { tokenCount } = await document.tokens(model?.id, PLAIN);
      tokens += tokenCount;
    } finally {
      loaders.dispose();
    }
  };
  const until = (end: number) => async () => {
    while (performance.now() < end && !signal.aborted) await readOne();
  };
  await Promise.all(Array.from({ length: config.workers }, readOne));

  const times: number[] = [];
  const aloneEnd = performance.now() + (seconds * 1000) / 3;
  while (performance.now() < aloneEnd || times.length < 5) {
    signal.throwIfAborted();
    const startedAt = performance.now();
    await readOne();
    times.push(performance.now() - startedAt);
  }
  const before = { next, tokens, at: performance.now() };
  const end = before.at + seconds * 1000;
  await Promise.all(Array.from({ length: TEXTS_A_THREAD * config.workers }, until(end)));
  signal.throwIfAborted();
  const elapsed = (performance.now() - before.at) / 1000;
  const texts = next - before.next;
  return {
    tokensPerText: Math.round((tokens - before.tokens) / texts),
    aloneMs: times.sort((one, other) => one - other)[times.length >> 1] ?? 0,
    textsPerSecond: texts / elapsed,
    tokensPerSecond: (tokens - before.tokens) / elapsed,
  };
}

/** Reads a text into one vector. */
async function embed(loaders: Loaders, model: Model, text: string): Promise<void> {
  await loaders.use(model);
  const { ids } = await loaders.encodings.load({ tokenizer: model.tokenizer, text });
  await loaders.embeddings.load({ model, ids });
}

const PLAIN = { addSpecialTokens: true, padding: 'NONE', truncation: false } as const;

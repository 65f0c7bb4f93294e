import { availableParallelism, cpus, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../../config.ts';
import { Document } from '../../documents/document.ts';
import type { Inference } from '../../inference/inference.ts';
import type { KnownScore } from '../../models/catalogue.ts';
import type { Model } from '../../models/registry.ts';
import { documentOptions } from '../../server/document-options.ts';
import { startInference } from '../graph/inference.ts';
import { showProgress } from '../progress.ts';

/** What a model is, and how it does on this machine. */
export type Card = Awaited<ReturnType<typeof makeCard>>;

/** Texts of two lengths. Each call makes another one, in case something caches them. */
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
/** Texts under way for each thread: enough to keep all of them busy. */
const TEXTS_A_THREAD = 16;

/** How a model is measured. */
interface Run {
  readonly config: Config;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** Measures a model that is registered alone. */
export async function makeCard(inference: Inference, model: Model, run: Run) {
  const { config, signal } = run;
  const scores: readonly KnownScore[] = model.entry.scores ?? [];
  let doing = `loading ${model.id}`;
  const shown = showProgress(process.stderr, true, () => doing);
  try {
    await startInference(inference, signal);
    const without = process.memoryUsage.rss();
    await inference.loader.load(model, signal, true);
    const loaded = process.memoryUsage.rss();
    const coresInUse = await measureCoresInUse(signal);
    const speeds: Speed[] = [];
    for (const { kind, text } of model.task === 'TOKENIZATION' ? [] : KINDS) {
      doing = `reading texts: ${kind}`;
      speeds.push({ kind, ...(await measure(inference, model, text, run)) });
    }
    return {
      id: model.id,
      task: model.task,
      description: model.description,
      license: model.license,
      source: sourceOf(model),
      labels: model.labels,
      /** Numbers of a vector, for EMBEDDING. */
      dimensions: model.task === 'EMBEDDING' ? model.dimensions : null,
      maxTokens: model.maxTokens,
      vocabularySize: model.vocabularySize,
      sizeBytes: model.sizeBytes,
      dtype: model.dtype,
      device: model.device,
      batchInvariant: model.batchInvariant,
      scores,
      machine: {
        processor: cpus()[0]?.model ?? 'unknown',
        cores: availableParallelism(),
        memoryBytes: totalmem(),
        node: process.version,
        workers: config.workers,
        /** Cores that other programs used just before. */
        coresInUse,
      },
      /** Empty for a tokenizer without a model. */
      speeds,
      /** Bytes of the process: with its threads but without the model, with the model in all threads, and at the end. */
      memory: model.task === 'TOKENIZATION' ? null : { without, loaded, used: process.memoryUsage.rss() },
    };
  } finally {
    shown.end();
  }
}

function sourceOf({ entry: { source, bundled } }: Model): string {
  if (source.kind === 'hub') return `${source.repository} on the hub`;
  return bundled ? 'comes with bertql' : source.path;
}

/** Cores that other programs use, which slows down what is measured. */
async function measureCoresInUse(signal: AbortSignal): Promise<number> {
  const busyMs = () => cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  const [busy, at] = [busyMs(), performance.now()];
  await delay(500, undefined, { signal });
  return (busyMs() - busy) / (performance.now() - at);
}

/** How fast texts of one kind are read. */
interface Speed {
  readonly kind: string;
  /** Tokens of a text, special tokens included. */
  readonly tokensPerText: number;
  /** Median milliseconds of one text when nothing else is under way. */
  readonly aloneMs: number;
  /** With all threads busy. */
  readonly textsPerSecond: number;
  readonly tokensPerSecond: number;
}

async function measure(
  inference: Inference,
  model: Model,
  textOf: (index: number) => string,
  { config, seconds, signal }: Run,
): Promise<Omit<Speed, 'kind'>> {
  let texts = 0;
  let tokens = 0;
  const readOne = async () => {
    const loaders = inference.loaders({ signal, patient: true });
    try {
      const document = new Document(textOf(texts++), 'UTF16', loaders, inference.registry, documentOptions(config));
      if (model.task === 'NER') await document.entities({ aggregation: 'FIRST', minConfidence: 0 });
      else if (model.task === 'EMBEDDING') await document.embedding(model.id);
      else await document.sentiment(model.id, 'WINDOWS');
      const { tokenCount } = await document.tokens(model.id, PLAIN);
      tokens += tokenCount;
    } finally {
      loaders.dispose();
    }
  };
  const together = (count: number, read: () => Promise<void>) => Promise.all(Array.from({ length: count }, read));
  await together(config.workers, readOne);

  const times: number[] = [];
  const aloneEnd = performance.now() + (seconds * 1000) / 3;
  while (performance.now() < aloneEnd || times.length < 5) {
    signal.throwIfAborted();
    const startedAt = performance.now();
    await readOne();
    times.push(performance.now() - startedAt);
  }

  const before = { texts, tokens, at: performance.now() };
  const end = before.at + seconds * 1000;
  await together(TEXTS_A_THREAD * config.workers, async () => {
    while (performance.now() < end && !signal.aborted) await readOne();
  });
  signal.throwIfAborted();
  const elapsed = (performance.now() - before.at) / 1000;
  return {
    tokensPerText: Math.round((tokens - before.tokens) / (texts - before.texts)),
    aloneMs: times.sort((one, other) => one - other)[times.length >> 1] ?? 0,
    textsPerSecond: (texts - before.texts) / elapsed,
    tokensPerSecond: (tokens - before.tokens) / elapsed,
  };
}

const PLAIN = { addSpecialTokens: true, padding: 'NONE', truncation: false } as const;

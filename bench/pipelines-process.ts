/** What one would write without this server: the pipelines of @huggingface/transformers, with their defaults, in one process. */
import { basename, dirname } from 'node:path';
import { env, pipeline } from '@huggingface/transformers';
import { answerParent } from './child.ts';
import { cpuSeconds, now } from './clock.ts';
import type { Task } from './operations.ts';
import type { PipelinesDialogue, PipelinesRun, PipelinesWindow } from './pipelines-dialogue.ts';

type Analyse = (texts: string[]) => Promise<unknown>;

const DEFAULTS = { dtype: 'q8', device: 'cpu' } as const;
const pipelines = new Map<Task, Analyse>();

const MAKERS: Readonly<Record<Task, (model: string) => Promise<Analyse>>> = {
  SENTIMENT: sentiment,
  NER: entities,
  EMBEDDING: vectors,
};

async function load({ task, path }: { readonly task: Task; readonly path: string }): Promise<undefined> {
  env.allowRemoteModels = false;
  env.localModelPath = dirname(path);
  const analyse = await MAKERS[task](basename(path));
  await analyse(['The first run is slower.']);
  pipelines.set(task, analyse);
}

async function sentiment(model: string): Promise<Analyse> {
  const loaded = await pipeline('sentiment-analysis', model, DEFAULTS);
  return (texts) => loaded(texts);
}

async function entities(model: string): Promise<Analyse> {
  const loaded = await pipeline('token-classification', model, DEFAULTS);
  return (texts) => loaded(texts);
}

async function vectors(model: string): Promise<Analyse> {
  const loaded = await pipeline('feature-extraction', model, DEFAULTS);
  return (texts) => loaded(texts, { pooling: 'mean', normalize: true });
}

async function run({ task, texts, textsPerCall, clients, seconds }: PipelinesRun): Promise<PipelinesWindow> {
  const analyse = pipelines.get(task);
  if (!analyse) throw new Error(`The pipeline for ${task} is not loaded.`);
  const startedAt = now();
  const cpuBefore = cpuSeconds();
  let next = 0;
  let done = 0;
  const client = async () => {
    while (now() - startedAt < seconds * 1000) {
      await analyse(Array.from({ length: textsPerCall }, () => texts[next++ % texts.length] ?? ''));
      done += textsPerCall;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { texts: done, seconds: (now() - startedAt) / 1000, cpuSeconds: cpuSeconds() - cpuBefore };
}

answerParent<PipelinesDialogue>({ load, run }, async () => undefined);

import { type Config, loadConfig } from '../config.ts';
import { asBertqlError } from '../errors.ts';
import { parseConll } from '../evaluation/conll-file.ts';
import { evaluateNer } from '../evaluation/ner-evaluation.ts';
import { evaluateSentiment } from '../evaluation/sentiment-evaluation.ts';
import { parseSentimentFile } from '../evaluation/sentiment-file.ts';
import { evaluateSimilarity } from '../evaluation/similarity-evaluation.ts';
import { parseSimilarityFile } from '../evaluation/similarity-file.ts';
import { readSource, type Source } from '../evaluation/source.ts';
import type { Context, EvaluationOptions } from '../evaluation/text-runs.ts';
import { openRegistry } from '../models/open-registry.ts';
import type { Model, ModelRegistry } from '../models/registry.ts';
import { documentOptions } from '../server/document-options.ts';
import {
  type EvaluationSetting,
  nerJson,
  nerReport,
  sentimentJson,
  sentimentReport,
  similarityJson,
  similarityReport,
} from './evaluation-report.ts';
import { CommandFailure } from './failure.ts';
import { withInference } from './local-inference.ts';
import { showProgress } from './progress.ts';
import { fetchModel } from './run-models.ts';
import { count } from './table.ts';

export interface EvaluateFlags {
  readonly task: 'ner' | 'sentiment' | 'similarity';
  readonly model?: string;
  readonly context: Context;
  readonly batch: number;
  readonly json?: true;
}

const TASKS = { ner: 'NER', sentiment: 'SENTIMENT', similarity: 'EMBEDDING' } as const;

/** Evaluates a model on a file and gives the report, as text or JSON. */
export async function evaluate(file: string, flags: EvaluateFlags, signal: AbortSignal): Promise<string> {
  const config = loadConfig();
  const registry = await openRegistry(config);
  const model = registry.resolve(TASKS[flags.task], flags.model);
  const source = await readSource(file, signal);
  // Its labels are in its files.
  if (!model.files) await fetchModel(registry, model, signal);
  const run: Run = { source, model, registry, config, flags, signal };
  // The data is read before a model is loaded, so that a bad line is told at once.
  if (flags.task === 'ner') {
    const documents = parseConll(source);
    const { setting, result } = await measure(run, (options) => evaluateNer(source.name, documents, options));
    return flags.json ? nerJson(setting, result) : nerReport(setting, result);
  }
  if (flags.task === 'similarity') {
    const pairs = parseSimilarityFile(source);
    const { setting, result } = await measure(run, (options) => evaluateSimilarity(source.name, pairs, options));
    return flags.json ? similarityJson(setting, result) : similarityReport(setting, result);
  }
  const texts = parseSentimentFile(source, model.labels);
  const { setting, result } = await measure(run, (options) => evaluateSentiment(source.name, texts, options));
  return flags.json ? sentimentJson(setting, result, model.labels) : sentimentReport(setting, result, model.labels);
}

/** What is measured, and with what. */
interface Run {
  readonly source: Source;
  readonly model: Model;
  readonly registry: ModelRegistry;
  readonly config: Config;
  readonly flags: EvaluateFlags;
  readonly signal: AbortSignal;
}

/** Runs an evaluation with the inference layer up, showing its progress. */
async function measure<R>(
  { source, model, registry, config, flags, signal }: Run,
  evaluation: (options: EvaluationOptions) => Promise<R>,
): Promise<{ readonly setting: EvaluationSetting; readonly result: R }> {
  const { context, batch, json } = flags;
  let describe = () => `loading ${model.id}`;
  const progress = showProgress(process.stderr, !json, () => describe());
  try {
    return await withInference(registry, config, signal, async (inference) => {
      const startedAt = performance.now();
      const seconds = () => (performance.now() - startedAt) / 1000;
      const onProgress = (done: number, total: number) => {
        describe = () => progressLine(done, total, inference.counts.tokens, seconds());
      };
      const documents = documentOptions(config);
      const result = await evaluation({ inference, documents, model, context, batch, signal, onProgress });
      return { setting: { file: source.name, model: model.id, context, seconds: seconds() }, result };
    });
  } catch (error) {
    if (asBertqlError(error)?.code !== 'OVERLOADED') throw error;
    const advice = `Give a --batch below ${batch}, or set QUEUE_TOKENS higher than ${config.queueTokens}.`;
    throw new CommandFailure(`more text is under way than the queue may hold. ${advice}`, { cause: error });
  } finally {
    progress.end();
  }
}

function progressLine(done: number, total: number, tokens: number, seconds: number): string {
  return `${done.toLocaleString('en')} of ${count(total, 'text')}, ${count(tokens, 'token')} read in ${seconds.toFixed(0)} s`;
}

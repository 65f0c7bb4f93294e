import { type Config, loadConfig } from '../../config.ts';
import { asBertqlError } from '../../errors.ts';
import { parseConll } from '../../evaluation/conll-file.ts';
import { evaluateNer } from '../../evaluation/ner-evaluation.ts';
import { evaluateSentiment } from '../../evaluation/sentiment-evaluation.ts';
import { parseSentimentFile } from '../../evaluation/sentiment-file.ts';
import { CALIBRATION_BINS } from '../../evaluation/sentiment-scores.ts';
import { evaluateSimilarity } from '../../evaluation/similarity-evaluation.ts';
import { parseSimilarityFile } from '../../evaluation/similarity-file.ts';
import { type Source, sourceOf } from '../../evaluation/source.ts';
import type { Context, EvaluationOptions } from '../../evaluation/text-runs.ts';
import type { Inference } from '../../inference/inference.ts';
import { openRegistry } from '../../models/open-registry.ts';
import type { Model } from '../../models/registry.ts';
import { documentOptions } from '../../server/document-options.ts';
import { CommandFailure } from '../failure.ts';
import { startInference, withInference } from '../graph/inference.ts';
import { showProgress } from '../progress.ts';
import { count } from '../table.ts';
import { printLine, shownJson } from '../terminal.ts';
import { readText } from '../text-input.ts';
import { type EvaluationSetting, nerReport, sentimentReport, similarityReport } from './evaluation-report.ts';

export interface EvaluateFlags {
  readonly task: 'ner' | 'sentiment' | 'similarity';
  readonly model?: string;
  readonly context: Context;
  readonly batch: number;
  readonly json?: true;
}

const TASKS = { ner: 'NER', sentiment: 'SENTIMENT', similarity: 'EMBEDDING' } as const;

/** Evaluates a model on a file and prints the report, as text or JSON. */
export async function evaluate(path: string, flags: EvaluateFlags, signal: AbortSignal): Promise<void> {
  const config = loadConfig();
  const registry = await openRegistry(config);
  const model = registry.resolve(TASKS[flags.task], flags.model);
  const { name, text } = await readText(path, signal);
  const report = await withInference(
    registry,
    config,
    async (inference) => {
      // The labels of a model are in its files.
      await inference.loader.open(model, signal);
      return evaluateSource({ source: sourceOf(name, text), model, inference, config, flags, signal });
    },
    !flags.json,
  );
  signal.throwIfAborted();
  printLine(report);
}

/** What is measured, and with what. */
interface Run {
  readonly source: Source;
  readonly model: Model;
  readonly inference: Inference;
  readonly config: Config;
  readonly flags: EvaluateFlags;
  readonly signal: AbortSignal;
}

/** Reads the data before the model is loaded, so that a bad line is reported at once. */
function evaluateSource(run: Run): Promise<string> {
  const { source, model, flags } = run;
  if (flags.task === 'ner') {
    const documents = parseConll(source);
    return measure(run, (options) => evaluateNer(source.name, documents, options), nerReport);
  }
  if (flags.task === 'similarity') {
    const pairs = parseSimilarityFile(source);
    return measure(run, (options) => evaluateSimilarity(source.name, pairs, options), similarityReport);
  }
  const { labels } = model;
  const texts = parseSentimentFile(source, labels);
  const evaluation = async (options: EvaluationOptions) => ({
    ...(await evaluateSentiment(source.name, texts, options)),
    calibrationBins: CALIBRATION_BINS,
    labels,
  });
  return measure(run, evaluation, sentimentReport);
}

/** Loads the models and runs an evaluation, showing its progress; returns the report. */
async function measure<R extends object>(
  { source, model, inference, config, flags, signal }: Run,
  evaluation: (options: EvaluationOptions) => Promise<R>,
  report: (setting: EvaluationSetting, result: R) => string,
): Promise<string> {
  const { task, context, batch, json } = flags;
  let describe = () => `loading ${model.id}`;
  const progress = showProgress(process.stderr, !json, () => describe());
  try {
    await startInference(inference, signal);
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    const onProgress = (done: number, total: number) => {
      describe = () => progressLine(done, total, inference.counts.tokens, seconds());
    };
    const documents = documentOptions(config);
    const result = await evaluation({ inference, documents, model, context, batch, signal, onProgress });
    const setting = { file: source.name, model: model.id, context, seconds: seconds() };
    return json ? shownJson({ task, ...setting, ...result }, 2) : report(setting, result);
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

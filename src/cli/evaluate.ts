import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import { documentOptions } from '../documents/document-options.ts';
import { asBertqlError } from '../errors.ts';
import { parseConll } from '../evaluation/conll-file.ts';
import { evaluateNer } from '../evaluation/ner-evaluation.ts';
import { evaluateSentiment } from '../evaluation/sentiment-evaluation.ts';
import { parseSentimentFile } from '../evaluation/sentiment-file.ts';
import { readSource, type Source } from '../evaluation/source.ts';
import type { Context, EvaluationOptions } from '../evaluation/text-runs.ts';
import { type Model, ModelRegistry } from '../models/registry.ts';
import { type EvaluationSetting, nerJson, nerReport, sentimentJson, sentimentReport } from './evaluation-report.ts';
import { CommandFailure } from './failure.ts';
import { withInference } from './local-inference.ts';
import { showProgress } from './progress.ts';
import { count } from './table.ts';

interface EvaluateFlags {
  readonly task: 'ner' | 'sentiment';
  readonly model?: string;
  readonly context: Context;
  readonly batch: number;
  readonly json?: true;
}

const MOST_TEXTS_AT_ONCE = 1000;

const DETAILS = `
Data for ner: CoNLL columns separated by blanks or tabs. The word is in the
first column, its tag (IOB1, IOB2 or IOBES) in the last; an empty line ends a
sentence, a -DOCSTART- line begins a document. The scores are those of the CoNLL
scorer: an entity counts where its words and its type are exactly right.

Data for sentiment: lines of text<TAB>label behind a header that names the
columns ("sentence" will do for "text"). A label is one of the model's, by its
name or its index. Quotation marks are part of the text.

Examples:
  bertql evaluate --task ner test.conll
  bertql evaluate --task ner --context document --json test.conll >scores.json
  bertql evaluate --task sentiment --model bertql/sst2-minilm dev.tsv
  grep -v '^#' reviews.tsv | bertql evaluate --task sentiment -`;

/** Adds `bertql evaluate`. Its work stops when the signal is aborted. */
export function addEvaluate(program: Command, signal: AbortSignal): void {
  program
    .command('evaluate')
    .summary('measure a model on your own data')
    .description('Measures how well a model does on test data of yours, read the way that a query is.')
    .argument('<file>', 'the data, in UTF-8; - is standard input')
    .addOption(new Option('--task <task>', 'what is measured').choices(['ner', 'sentiment']).makeOptionMandatory())
    .option('--model <id>', "the model (default: the task's)")
    .addOption(
      new Option('--context <context>', 'what a model sees at once; sentiment: of texts longer than it can read')
        .choices(['sentence', 'document'])
        .default('sentence'),
    )
    .option('--batch <texts>', 'texts that are under way at a time', parseBatch, 32)
    .option('--json', 'print JSON instead of tables')
    .addHelpText('after', DETAILS)
    .action(async (file: string, flags: EvaluateFlags) => {
      const report = await evaluate(file, flags, signal);
      signal.throwIfAborted();
      process.stdout.write(`${report}\n`);
    });
}

async function evaluate(file: string, flags: EvaluateFlags, signal: AbortSignal): Promise<string> {
  const config = loadConfig();
  const registry = await ModelRegistry.open(config.modelsDirectory, undefined, config);
  const model = registry.resolve(flags.task === 'ner' ? 'NER' : 'SENTIMENT', flags.model);
  const source = await readSource(file, signal);
  const run: Run = { source, model, registry, config, flags, signal };
  // The data is read before a model is loaded, so that a bad line is told at once.
  if (flags.task === 'ner') {
    const documents = parseConll(source);
    const { setting, result } = await measure(run, (options) => evaluateNer(source.name, documents, options));
    return flags.json ? nerJson(setting, result) : nerReport(setting, result);
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
  const hideProgress = showProgress(process.stderr, !json, () => describe());
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
    hideProgress();
  }
}

function progressLine(done: number, total: number, tokens: number, seconds: number): string {
  return `${done.toLocaleString('en')} of ${count(total, 'text')}, ${count(tokens, 'token')} read in ${seconds.toFixed(0)} s`;
}

function parseBatch(value: string): number {
  const batch = Number(value);
  if (/^\d+$/.test(value) && batch >= 1 && batch <= MOST_TEXTS_AT_ONCE) return batch;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_TEXTS_AT_ONCE}.`);
}

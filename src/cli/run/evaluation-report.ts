import type { EntityScore } from '../../evaluation/entity-scores.ts';
import type { NerEvaluation } from '../../evaluation/ner-evaluation.ts';
import type { SentimentEvaluation } from '../../evaluation/sentiment-evaluation.ts';
import { CALIBRATION_BINS } from '../../evaluation/sentiment-scores.ts';
import type { SimilarityEvaluation } from '../../evaluation/similarity-evaluation.ts';
import type { Context } from '../../evaluation/text-runs.ts';
import { count, percent, table } from '../table.ts';

/** What was evaluated, and how. */
export interface EvaluationSetting {
  readonly file: string;
  readonly model: string;
  readonly context: Context;
  /** Without the time to load the model. */
  readonly seconds: number;
}

export function nerReport(setting: EvaluationSetting, result: NerEvaluation): string {
  const size = `${count(result.sentences, 'sentence')} of ${count(result.words, 'word')} in ${count(result.documents, 'document')}`;
  const row = (name: string, score: EntityScore) => [
    name,
    ...[score.precision, score.recall, score.f1].map(percent),
    ...[score.gold, score.found, score.correct].map(String),
  ];
  return paragraphs(
    heading(setting, size),
    table([
      ['', 'precision', 'recall', 'F1', 'gold', 'found', 'correct'],
      ...result.types.map((score) => row(score.type, score)),
      row('overall', result.overall),
    ]),
    `Words with the right tag: ${percent(result.accuracy)}`,
    result.unknownTypes.length > 0 &&
      `The model has no label for ${result.unknownTypes.join(', ')}, so it can find none of these.`,
  );
}

export function similarityReport(setting: EvaluationSetting, result: SimilarityEvaluation): string {
  return paragraphs(
    heading(setting, count(result.pairs, 'pair')),
    table([
      ['Spearman', result.spearman.toFixed(4)],
      ['Pearson', result.pearson.toFixed(4)],
    ]),
  );
}

export function sentimentReport(
  setting: EvaluationSetting,
  { labels, ...result }: SentimentEvaluation & { readonly labels: readonly string[] },
): string {
  return paragraphs(
    heading(setting, count(result.texts, 'text')),
    table([
      ['accuracy', percent(result.accuracy)],
      ['log loss', result.logLoss.toFixed(4)],
      [`calibration error (${CALIBRATION_BINS} bins)`, result.calibrationError.toFixed(4)],
    ]),
    table([
      ['gold \\ predicted', ...labels],
      ...labels.map((label, gold) => [label, ...(result.confusion[gold] ?? []).map(String)]),
    ]),
    result.truncated > 0 &&
      `${count(result.truncated, 'text')} longer than the model can read, cut there. \`--context document\` reads them whole.`,
  );
}

function heading({ file, model, context, seconds }: EvaluationSetting, size: string): string {
  return `${file}: ${size}\n${model}, context ${context}, ${seconds.toFixed(1)} s`;
}

function paragraphs(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false).join('\n\n');
}

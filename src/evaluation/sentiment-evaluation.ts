import type { LabelledText } from './sentiment-file.ts';
import { type SentimentScores, scoreTexts } from './sentiment-scores.ts';
import { type EvaluationOptions, forEachText } from './text-runs.ts';

export interface SentimentEvaluation extends SentimentScores {
  readonly texts: number;
  /** Number of texts that were longer than the model's input, so that it only saw their beginning. */
  readonly truncated: number;
}

/**
 * Scores the sentiment of the data as a query does. The contexts differ for texts longer than the model's input:
 * `sentence` truncates them (TRUNCATE), `document` reads all of them in windows (WINDOWS).
 */
export async function evaluateSentiment(
  source: string,
  texts: readonly LabelledText[],
  options: EvaluationOptions,
): Promise<SentimentEvaluation> {
  const longText = options.context === 'document' ? 'WINDOWS' : 'TRUNCATE';
  const results = await forEachText(source, texts, options, async (document, { label }) => {
    const { probabilities, truncated } = await document.sentiment(options.model.id, longText);
    return { gold: label, probabilities: probabilities.map(({ probability }) => probability), truncated };
  });
  return {
    texts: texts.length,
    truncated: results.filter((result) => result.truncated).length,
    ...scoreTexts(results, options.model.labels.length),
  };
}

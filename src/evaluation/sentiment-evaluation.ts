import type { LabelledText } from './sentiment-file.ts';
import { type SentimentScores, scoreTexts } from './sentiment-scores.ts';
import { type EvaluationOptions, forEachText } from './text-runs.ts';

export interface SentimentEvaluation extends SentimentScores {
  readonly texts: number;
  /** Texts that were longer than the model can read, so that it saw their beginning only. */
  readonly truncated: number;
}

/**
 * Scores the sentiment of the data as a query does. The contexts differ for texts longer than the model can read:
 * `sentence` cuts them, as the `sentiment` query does; `document` reads all of them in windows, as `document.sentiment` does.
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

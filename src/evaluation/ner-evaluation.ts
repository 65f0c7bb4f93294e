import { LabelScheme } from '../documents/label-scheme.ts';
import type { ConllDocument, ConllSentence } from './conll-file.ts';
import { type EntityScores, EntityTally } from './entity-scores.ts';
import { type EvaluationOptions, forEachText, type NumberedText } from './text-runs.ts';
import { type JoinedText, joinWords, tagWords } from './word-tags.ts';

export interface NerEvaluation extends EntityScores {
  readonly documents: number;
  readonly sentences: number;
  /** Types of the data that the model cannot find, since it has no label for them. */
  readonly unknownTypes: readonly string[];
}

interface Passage extends JoinedText, NumberedText {
  readonly sentences: readonly ConllSentence[];
}

/**
 * Finds the entities of the data as the `entities` query does, and scores them. In the context `sentence`, each
 * sentence is a text by itself; in `document`, the sentences of a document are one text, which is read in chunks with
 * context.
 */
export async function evaluateNer(
  source: string,
  documents: readonly ConllDocument[],
  options: EvaluationOptions,
): Promise<NerEvaluation> {
  const sentences = documents.flatMap((document) => document.sentences);
  const stretches =
    options.context === 'document' ? documents.map((each) => each.sentences) : sentences.map((one) => [one]);
  const passages = stretches.map((stretch): Passage => {
    return { ...joinWords(stretch), sentences: stretch, line: stretch[0]?.line ?? 1 };
  });
  const tally = new EntityTally();
  await forEachText(source, passages, options, async (document, { sentences, words }) => {
    const entities = await document.entities({ model: options.model.id, aggregation: 'FIRST', minConfidence: 0 });
    const predicted = tagWords(words, entities);
    sentences.forEach((sentence, index) => {
      tally.add(sentence.tags, predicted[index] ?? []);
    });
  });
  const known = LabelScheme.of(options.model.labels).types;
  const scores = tally.scores();
  return {
    documents: documents.length,
    sentences: sentences.length,
    ...scores,
    unknownTypes: scores.types.map(({ type }) => type).filter((type) => !known.includes(type)),
  };
}

import { BertqlError } from '../errors.ts';
import type { Encoding } from '../inference/encoding.ts';
import type { Loaders, SentimentKey } from '../inference/loaders.ts';
import type { LabelProbability, LongText, SentimentResult } from '../inference/sentiment.ts';
import type { Timing } from '../inference/timing.ts';
import type { ModelOutput } from '../inference/work.ts';
import type { Model } from '../models/registry.ts';
import { argmax } from './argmax.ts';
import { windowsOf } from './chunk-plan.ts';
import { mapInOrder } from './ordered-prefetch.ts';
import { poolWindows } from './pooling.ts';
import { resultId, textHash } from './result-id.ts';
import { isBlank, normalizeWhitespace } from './text.ts';

export type { LabelProbability, LongText, SentimentResult } from '../inference/sentiment.ts';

/** How a long text is read. */
export interface SentimentOptions {
  /** Tokens of a window, special tokens included. */
  readonly windowTokens: number;
  /** The most windows in flight at a time, so that a text longer than the queue can be read. */
  readonly windowsInFlight: number;
}

/** The key of a text's sentiment for the `sentiments` loader of its operation. */
export function sentimentKey(model: Model, text: string, longText: LongText, options: SentimentOptions): SentimentKey {
  return { model, text, longText, score: (loaders, key) => scoreSentiment(loaders, key, options) };
}

/**
 * Scores the sentiment of a text. Rejects with EMPTY_TEXT if there is nothing to read.
 *
 * A text that fits the model is one run. A longer one is truncated under TRUNCATE; under WINDOWS all of it is read in
 * windows of whole sentences, whose probabilities {@link poolWindows} combines.
 */
async function scoreSentiment(
  loaders: Loaders,
  { model, text, longText }: SentimentKey,
  { windowTokens, windowsInFlight }: SentimentOptions,
): Promise<SentimentResult> {
  // BERT's normalizer replaces white space by spaces but deletes these three controls. The tokens of any other text are
  // those of the normalized text, so that they are shared with other fields.
  const read = model.tokenizer.bert && /[\v\f\u0085]/.test(text) ? normalizeWhitespace(text) : text;
  const encoding = await loaders.encodings.load({ tokenizer: model.tokenizer, text: read });
  const length = encoding.ids.length;
  // Tokenizers other than BERT's make tokens of white space, too.
  if (length === 0 || (!model.tokenizer.bert && isBlank(text))) {
    throw new BertqlError(
      'EMPTY_TEXT',
      'The text has nothing to read: expected at least one visible character, but it is empty or blank.',
    );
  }
  const special = model.tokenizer.prefix.length + model.tokenizer.suffix.length;
  const room = model.maxTokens - special;
  const windows =
    length > room && longText === 'WINDOWS'
      ? await windowsOf(loaders, encoding, read, Math.min(windowTokens - special, room))
      : [encoding.ids.subarray(0, room)];
  const scores = await mapInOrder(windows, windowsInFlight, (ids) => loaders.scores.load({ model, ids }));
  return new ScoredText({
    text,
    longText,
    windowTokens,
    model,
    revision: await model.revision(),
    encoding,
    tokensUsed: windows.reduce((sum, window) => sum + window.length, 0) + special,
    pooled: poolWindows(
      scores.map((score) => score.values),
      windows.map((window) => window.length),
      model.independentLabels,
    ),
    scores,
  });
}

interface Scored {
  readonly text: string;
  readonly longText: LongText;
  readonly windowTokens: number;
  readonly model: Model;
  readonly revision: string;
  readonly encoding: Encoding;
  readonly tokensUsed: number;
  /** By label. */
  readonly pooled: readonly number[];
  /** By window. */
  readonly scores: readonly ModelOutput[];
}

/** The sentiment of a text. What few clients select is computed when it is read. */
class ScoredText implements SentimentResult {
  readonly label: string;
  readonly confidence: number;
  readonly #scored: Scored;

  constructor(scored: Scored) {
    const { pooled, model } = scored;
    const best = argmax(pooled);
    this.label = model.labels[best] ?? '';
    this.confidence = pooled[best] ?? 0;
    this.#scored = scored;
  }

  get id(): string {
    const { text, model, revision, longText, windowTokens } = this.#scored;
    return resultId('SentimentResult', [textHash(text), model.id, revision, longText, windowTokens]);
  }

  get text(): string {
    return this.#scored.text;
  }

  get model(): Model {
    return this.#scored.model;
  }

  get probabilities(): readonly LabelProbability[] {
    const { model, pooled } = this.#scored;
    return model.labels.map((label, index) => ({ label, probability: pooled[index] ?? 0 }));
  }

  get tokenCount(): number {
    const { model, encoding } = this.#scored;
    return encoding.ids.length + model.tokenizer.prefix.length + model.tokenizer.suffix.length;
  }

  get tokensUsed(): number {
    return this.#scored.tokensUsed;
  }

  get truncated(): boolean {
    return this.tokensUsed < this.tokenCount;
  }

  get readable(): boolean {
    const { model, encoding } = this.#scored;
    return encoding.ids.some((id) => id !== model.tokenizer.unknownId);
  }

  get timing(): Timing {
    const { encoding, scores } = this.#scored;
    return {
      tokenizeMs: encoding.tokenizeMs,
      queueMs: scores.reduce((most, score) => Math.max(most, score.queueMs), 0),
      inferenceMs: scores.reduce((sum, score) => sum + score.inferenceMs, 0),
      batchSize: scores.reduce((most, score) => Math.max(most, score.batchSize), 0),
      cached: scores.every((score) => score.cached),
    };
  }
}

/**
 * The sentiment of several texts together, pooled by {@link poolWindows} like the windows of a long text. There must be
 * at least one.
 */
export function poolSentiments(results: readonly SentimentResult[]): SentimentResult {
  const [first] = results;
  if (!first) throw new Error('There is no result to pool.');
  const sum = (of: (result: SentimentResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const most = (of: (result: SentimentResult) => number) =>
    results.reduce((top, result) => Math.max(top, of(result)), 0);
  const pooled = poolWindows(
    results.map(({ probabilities }) => Float32Array.from(probabilities, ({ probability }) => probability)),
    results.map(({ tokensUsed }) => tokensUsed),
    first.model.independentLabels,
  );
  const probabilities = first.probabilities.map(({ label }, index) => ({ label, probability: pooled[index] ?? 0 }));
  const best = argmax(pooled);
  return {
    model: first.model,
    id: resultId(
      'SentimentResult',
      results.map(({ id }) => id),
    ),
    readable: results.some(({ readable }) => readable),
    text: results.map(({ text }) => text).join(' '),
    label: first.model.labels[best] ?? '',
    confidence: pooled[best] ?? 0,
    probabilities,
    tokenCount: sum(({ tokenCount }) => tokenCount),
    tokensUsed: sum(({ tokensUsed }) => tokensUsed),
    truncated: results.some(({ truncated }) => truncated),
    timing: {
      tokenizeMs: sum(({ timing }) => timing.tokenizeMs),
      queueMs: most(({ timing }) => timing.queueMs),
      inferenceMs: sum(({ timing }) => timing.inferenceMs),
      batchSize: most(({ timing }) => timing.batchSize),
      cached: results.every(({ timing }) => timing.cached),
    },
  };
}

import type { BatchReport } from './observer.ts';
import type { RunReply, RunRequest } from './protocol.ts';
import type { QueuedWork, Scores } from './work.ts';

/** Work of one model that runs together; at least one sequence. */
export type Batch = readonly [QueuedWork, ...QueuedWork[]];

export function isBatch(works: readonly QueuedWork[]): works is Batch {
  return works.length > 0;
}

/** What a thread is told: the ids of all sequences one behind the other, each with its special tokens. */
export function requestOf(batch: Batch): RunRequest {
  const { model } = batch[0];
  const { prefix, suffix, padId } = model.vocabulary;
  const lengths = Int32Array.from(batch, (work) => work.length);
  const ids = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const { pieces, length } of batch) {
    ids.set(prefix, at);
    ids.set(pieces, at + prefix.length);
    ids.set(suffix, at + prefix.length + pieces.length);
    at += length;
  }
  return { type: 'run', model: model.id, ids, lengths, padId };
}

/** What is told of a batch that is done. */
export function reportOf(batch: Batch, startedAt: number, { inferenceMs }: RunReply): BatchReport {
  return {
    model: batch[0].model,
    sequences: batch.length,
    tokens: batch.reduce((sum, { length }) => sum + length, 0),
    paddedTokens: batch.length * batch.reduce((most, { length }) => Math.max(most, length), 0),
    startedAt,
    inferenceMs,
    works: batch,
  };
}

/** The part of the answer that belongs to each sequence: a view of it, not a copy. */
export function* scoresOf(
  batch: Batch,
  startedAt: number,
  { probabilities, inferenceMs }: RunReply,
): Generator<readonly [QueuedWork, Scores], void, void> {
  let at = 0;
  for (const work of batch) {
    const rows = work.model.task === 'NER' ? work.length : 1;
    const own = probabilities.subarray(at, at + rows * work.model.labels.length);
    at += own.length;
    const queueMs = startedAt - work.enqueuedAt;
    yield [work, { probabilities: own, queueMs, inferenceMs, batchSize: batch.length, cached: false }];
  }
}

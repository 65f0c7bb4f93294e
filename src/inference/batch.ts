import type { BatchReport } from './observer.ts';
import type { RunReply, RunRequest } from './protocol.ts';
import type { ModelOutput, QueuedWork } from './work.ts';

/** Sequences of one model that run together; at least one. */
export type Batch = readonly [QueuedWork, ...QueuedWork[]];

export function isBatch(works: readonly QueuedWork[]): works is Batch {
  return works.length > 0;
}

/** The message for the worker: the ids of all sequences in a row, each with its special tokens. */
export function requestOf(batch: Batch): RunRequest {
  const { model } = batch[0];
  const { prefix, suffix, padId } = model.tokenizer;
  const lengths = Int32Array.from(batch, (work) => work.length);
  const ids = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const work of batch) {
    ids.set(prefix, at);
    ids.set(work.ids, at + prefix.length);
    ids.set(suffix, at + prefix.length + work.ids.length);
    at += work.length;
  }
  const request: RunRequest = { type: 'run', model: model.id, ids, lengths, padId };
  // All other models have labels.
  return model.task !== 'NER' && model.task !== 'SENTIMENT'
    ? { ...request, ranges: rangesOf(batch, prefix.length) }
    : request;
}

/** The ranges of all sequences, shifted by the prefix. */
function rangesOf(batch: Batch, prefixLength: number): Int32Array<ArrayBuffer> {
  return Int32Array.from(
    batch.flatMap(({ ranges, length }, index) =>
      ranges
        ? ranges.flatMap(({ start, end }) => [index, prefixLength + start, prefixLength + end])
        : [index, 0, length],
    ),
  );
}

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

/** The part of the reply that belongs to each sequence: a view of it, not a copy. */
export function* outputsOf(
  batch: Batch,
  startedAt: number,
  { values, inferenceMs }: RunReply,
): Generator<readonly [QueuedWork, ModelOutput], void, void> {
  const rows = batch.reduce((sum, work) => sum + rowsOf(work), 0);
  const width = values.length / rows;
  let at = 0;
  for (const work of batch) {
    const own = values.subarray(at, at + rowsOf(work) * width);
    at += own.length;
    const queueMs = startedAt - work.enqueuedAt;
    yield [work, { values: own, queueMs, inferenceMs, batchSize: batch.length, cached: false }];
  }
}

function rowsOf({ model, length, ranges }: QueuedWork): number {
  if (model.task === 'NER') return length;
  return ranges?.length ?? 1;
}

import type { Pooling } from '../models/pooling.ts';

/** The hidden states of one sequence, one row per token. */
export interface HiddenStates {
  /** The hidden states of the whole padded batch. */
  readonly data: Float32Array;
  /** The row of the sequence's first token. */
  readonly from: number;
  /** Length of a row. */
  readonly width: number;
}

/** Writes the vector of a whole sequence of `length` tokens, without padding, to `target`. */
export function pool(states: HiddenStates, length: number, pooling: Pooling, target: Float32Array): void {
  const { data, from, width } = states;
  if (pooling === 'MEAN') {
    meanOf(states, 0, length, target);
    return;
  }
  target.set(data.subarray(from * width, (from + 1) * width));
  if (pooling === 'CLS') return;
  for (let row = from + 1; row < from + length; row++) {
    for (let column = 0; column < width; column++) {
      target[column] = Math.max(target[column] ?? 0, data[row * width + column] ?? 0);
    }
  }
}

/** Writes the mean of the tokens `[start, end)` of a sequence to `target`. */
export function meanOf({ data, from, width }: HiddenStates, start: number, end: number, target: Float32Array): void {
  const sums = new Float64Array(width);
  for (let row = from + start; row < from + end; row++) {
    for (let column = 0; column < width; column++) {
      sums[column] = (sums[column] ?? 0) + (data[row * width + column] ?? 0);
    }
  }
  for (let column = 0; column < width; column++) target[column] = (sums[column] ?? 0) / (end - start);
}

/** Scales a vector to length 1 in place; the zero vector is left as it is. */
export function normalize(vector: Float32Array): void {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  if (length === 0) return;
  for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] ?? 0) / length;
}

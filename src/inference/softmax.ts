/**
 * Softmax of each row of `logits` (rows × width), written to `out` from row `at` on.
 * The largest logit is subtracted first, so that no exponential overflows.
 */
export function softmaxRows(
  logits: Float32Array,
  from: number,
  rows: number,
  width: number,
  out: Float32Array,
  at: number,
): void {
  for (let row = 0; row < rows; row++) {
    const source = (from + row) * width;
    const target = (at + row) * width;
    let max = Number.NEGATIVE_INFINITY;
    for (let column = 0; column < width; column++) max = Math.max(max, logits[source + column] ?? max);
    let sum = 0;
    for (let column = 0; column < width; column++) {
      const value = Math.exp((logits[source + column] ?? max) - max);
      out[target + column] = value;
      sum += value;
    }
    for (let column = 0; column < width; column++) out[target + column] = (out[target + column] ?? 0) / sum;
  }
}

/** The logistic function of each logit, in place of {@link softmaxRows} if labels do not exclude each other. */
export function sigmoidRows(
  logits: Float32Array,
  from: number,
  rows: number,
  width: number,
  out: Float32Array,
  at: number,
): void {
  for (let cell = 0; cell < rows * width; cell++) {
    out[at * width + cell] = 1 / (1 + Math.exp(-(logits[from * width + cell] ?? 0)));
  }
}

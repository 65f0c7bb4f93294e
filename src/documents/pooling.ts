/**
 * Pools the probabilities of a text's windows: their geometric mean, weighted by tokens and scaled to add up to 1.
 * Independent labels are pooled one by one, each as a choice between yes and no.
 *
 * @param rows the probabilities of each window
 * @param tokens the number of tokens of each window
 */
export function poolWindows(
  rows: readonly Float32Array[],
  tokens: readonly number[],
  independentLabels: boolean,
): readonly number[] {
  const [first, second] = rows;
  if (!first || !second) return [...(first ?? [])];
  const total = tokens.reduce((sum, count) => sum + count, 0);
  const meanLog = (label: number, of: (probability: number) => number) =>
    rows.reduce((sum, row, window) => {
      const weight = (tokens[window] ?? 0) / total;
      return sum + weight * Math.log(Math.max(of(row[label] ?? 0), Number.MIN_VALUE));
    }, 0);
  const yes = Array.from(first, (_, label) => meanLog(label, (probability) => probability));
  if (!independentLabels) return scaled(yes);
  return yes.map((log, label) => scaled([log, meanLog(label, (probability) => 1 - probability)])[0] ?? 0);
}

/** Converts logarithms to probabilities that add up to 1. */
function scaled(logs: readonly number[]): readonly number[] {
  const most = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/**
 * The index of the largest number of a row; the first one if several are equal.
 *
 * @param from index of the row's first number
 * @param width length of the row
 * @returns the index in the row, from 0
 */
export function argmax(numbers: ArrayLike<number>, from = 0, width = numbers.length): number {
  let best = 0;
  for (let index = 1; index < width; index++) {
    if ((numbers[from + index] ?? 0) > (numbers[from + best] ?? 0)) best = index;
  }
  return best;
}

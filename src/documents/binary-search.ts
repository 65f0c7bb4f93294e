/**
 * How many items at the start of a sorted list a predicate holds for, by binary search.
 *
 * @param length length of the list
 * @param holds takes an index; must hold for no item after the first one that it does not hold for
 */
export function countWhile(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One array of the numbers of several. */
export function concatenate(arrays: readonly Int32Array[]): Int32Array<ArrayBuffer> {
  const whole = new Int32Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}

/** Converts IEEE 754 half precision, for which Node 20 has no typed array, to single precision. */
export function halvesToFloats(view: ArrayBufferView): Float32Array {
  const halves = new Uint16Array(view.buffer, view.byteOffset, view.byteLength / 2);
  return Float32Array.from(halves, halfToNumber);
}

function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

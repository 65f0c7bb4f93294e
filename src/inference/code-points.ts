/** Returns a function that converts an index in code points, the Rust tokenizer's unit, to UTF-16 code units. */
export function codePointToUtf16(text: string): (codePoint: number) => number {
  if (!/[\ud800-\udbff]/.test(text)) return (codePoint) => codePoint;
  const units = new Int32Array(text.length + 1);
  let codePoint = 0;
  let unit = 0;
  for (const character of text) {
    units[codePoint++] = unit;
    unit += character.length;
  }
  units[codePoint] = unit;
  return (index) => units[index] ?? text.length;
}

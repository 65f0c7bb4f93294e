/** Lines up rows in columns: the first to the left and the others to the right, unless it is said otherwise. */
export function table(rows: readonly (readonly string[])[], sides: readonly ('left' | 'right')[] = ['left']): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const aligned = (cell: string, column: number) => {
    const width = widths[column] ?? 0;
    return sides[column] === 'left' ? cell.padEnd(width) : cell.padStart(width);
  };
  return rows.map((row) => row.map(aligned).join('  ').trimEnd()).join('\n');
}

/** A count with its noun: "1 text", "1,024 texts". */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? noun : plural}`;
}

/** A share as the CoNLL scorer prints it: "91.67%". */
export function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}

import stringWidth from 'string-width';
import { shown } from './terminal.ts';

/** Aligns rows in columns: the first to the left and the others to the right, by default. Cells are one line of plain text. */
export function table(rows: readonly (readonly string[])[], sides: readonly ('left' | 'right')[] = ['left']): string {
  const cells = rows.map((row) => row.map((cell) => shown(cell.replace(/[^\S ]+/g, ' '))));
  const widths: number[] = [];
  for (const row of cells) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell));
    });
  }
  const aligned = (cell: string, column: number) => {
    const space = ' '.repeat((widths[column] ?? 0) - stringWidth(cell));
    return sides[column] === 'left' ? cell + space : space + cell;
  };
  return cells.map((row) => row.map(aligned).join('  ').trimEnd()).join('\n');
}

/** A count with its noun: "1 text", "1,024 texts". */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? noun : plural}`;
}

/** A share as the CoNLL scorer prints it: "91.67%". */
export function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}

import type { Machine } from './machine.ts';
import { type PartResult, type Row, reached } from './part.ts';

/** Everything that a run found. */
export interface Report {
  readonly at: string;
  readonly effort: 'full' | 'short';
  readonly machine: Machine;
  readonly parts: Readonly<Record<string, PartReport>>;
}

export interface PartReport extends PartResult {
  readonly seconds: number;
  /** Cores that others used just before. */
  readonly othersCores: number;
}

/** The report as a Markdown document. */
export function toMarkdown({ at, effort, machine, parts }: Report): string {
  const { processor, cores, memoryGiB, system, node, onnxruntime } = machine;
  return [
    `Measured ${at}, ${effort} run, on ${cores} cores of ${processor}, ${memoryGiB} GiB, ${system}, Node ${node}, onnxruntime-node ${onnxruntime}.`,
    '',
    ...Object.entries(parts).flatMap(([name, part]) => [...sectionOf(name, part), '']),
  ].join('\n');
}

/** A part as a Markdown table, with the load of other processes. */
export function sectionOf(name: string, { rows, seconds, othersCores }: PartReport): readonly string[] {
  const remark = `${seconds.toFixed(0)} s; others used ${othersCores.toFixed(1)} cores when it began.`;
  return [...tableOf(name, rows), '', remark];
}

function tableOf(part: string, rows: readonly Row[]): readonly string[] {
  const cells = [
    [part, 'measured', 'goal', 'reached', ''],
    ...rows.map((row) => {
      const verdict = reached(row);
      return [
        row.measure,
        show(row.value, row.unit),
        showGoal(row),
        verdict === undefined ? '' : verdict ? 'yes' : 'NO',
        row.note ?? '',
      ];
    }),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (isNumber(column) ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`;
  const [head = [], ...body] = cells;
  return [line(head), rule, ...body.map(line)];
}

function isNumber(column: number): boolean {
  return column === 1 || column === 2;
}

function showGoal({ goal, unit }: Row): string {
  if (!goal) return '';
  return 'atLeast' in goal ? `≥ ${show(goal.atLeast, unit)}` : `≤ ${show(goal.atMost, unit)}`;
}

function show(value: number, unit: string): string {
  const scaled = unit === '%' ? 100 * value : value;
  const digits = Number.isInteger(scaled) || Math.abs(scaled) >= 100 ? 0 : 1;
  return `${scaled.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`.trim();
}

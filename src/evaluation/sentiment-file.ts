import { DataError, refuseNul, type Source } from './source.ts';

/** A text of the data with its gold label. */
export interface LabelledText {
  readonly text: string;
  readonly line: number;
  /** Index among the model's labels. */
  readonly label: number;
}

/** Possible headers of the column with the text. SST-2 calls it `sentence`. */
const TEXT_COLUMNS = ['text', 'sentence'];
const LABEL_COLUMN = 'label';

/** The positions of the columns. */
interface Layout {
  readonly columns: number;
  readonly text: number;
  readonly label: number;
}

/**
 * Reads lines of `text<TAB>label` with a header that names the columns; other columns are ignored. Quotation marks are
 * part of the text. A label is one of the model's, by name in any case, or by index. Throws {@link DataError}.
 */
export function parseSentimentFile(source: Source, labels: readonly string[]): readonly LabelledText[] {
  refuseNul(source);
  const layout = readHeader(source);
  const texts = source.lines.flatMap((line, index): LabelledText[] => {
    if (index === 0 || line === '') return [];
    return [readRow(source, index + 1, line.split('\t'), layout, labels)];
  });
  if (texts.length === 0) throw new DataError(source.name, undefined, 'it has no texts after its header.');
  return texts;
}

function readHeader(source: Source): Layout {
  const [header = ''] = source.lines;
  const names = header.split('\t').map((name) => name.trim().toLowerCase());
  const column = (choices: readonly string[]): number => {
    const [first = -1, second] = names.flatMap((name, index) => (choices.includes(name) ? [index] : []));
    if (second === undefined) return first;
    const problem = `columns ${first + 1} and ${second + 1} are both called ${choices.map((each) => `"${each}"`).join(' or ')}. Rename the one that is not meant.`;
    throw new DataError(source.name, 1, problem);
  };
  const text = column(TEXT_COLUMNS);
  const label = column([LABEL_COLUMN]);
  if (text >= 0 && label >= 0) return { columns: names.length, text, label };
  const problem = `expected a header with the columns "text" (or "sentence") and "label", separated by a tab, but it is ${quote(header)}.`;
  throw new DataError(source.name, 1, problem);
}

function readRow(
  source: Source,
  line: number,
  columns: readonly string[],
  layout: Layout,
  labels: readonly string[],
): LabelledText {
  if (columns.length !== layout.columns) {
    const problem = `expected ${layout.columns} columns separated by tabs, as in the header, but there ${columns.length === 1 ? 'is' : 'are'} ${columns.length}.`;
    throw new DataError(source.name, line, problem);
  }
  const text = columns[layout.text] ?? '';
  if (text.trim() === '') throw new DataError(source.name, line, 'the text is empty.');
  const name = (columns[layout.label] ?? '').trim();
  const label = indexOfLabel(name, labels);
  if (label !== undefined) return { text, line, label };
  const choices = labels.map((choice, index) => `${choice} (or ${index})`).join(', ');
  throw new DataError(source.name, line, `the label must be one of ${choices}, but it is ${quote(name)}.`);
}

function indexOfLabel(name: string, labels: readonly string[]): number | undefined {
  const matches: readonly ((label: string, index: number) => boolean)[] = [
    (label) => label === name,
    (label) => label.toLowerCase() === name.toLowerCase(),
    (_, index) => String(index) === name,
  ];
  return matches.map((isMatch) => labels.findIndex(isMatch)).find((index) => index >= 0);
}

/** Quotes the beginning of a line for a message. */
function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

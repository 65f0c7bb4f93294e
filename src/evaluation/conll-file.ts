import { DataError, refuseNul, type Source } from './source.ts';
import { parseTag, type Tag } from './tags.ts';

export interface ConllSentence {
  /** Line of its first word, from 1. */
  readonly line: number;
  readonly words: readonly string[];
  /** The gold tags, one per word. */
  readonly tags: readonly Tag[];
}

export interface ConllDocument {
  /** Line of its first word, from 1. */
  readonly line: number;
  readonly sentences: readonly ConllSentence[];
}

const DOCUMENT_START = '-DOCSTART-';
/** What the CoNLL scorer takes for a sentence boundary, besides an empty line. */
const BOUNDARY = '-X-';

/** A word's line, in columns. */
interface Row {
  readonly line: number;
  readonly columns: readonly string[];
  readonly tag: Tag;
}

/**
 * Reads the format of the CoNLL shared tasks: one word per line, with the word in the first column and its tag in the
 * last, columns separated by spaces or tabs, an empty line after each sentence, and a `-DOCSTART-` line before each
 * document. A file without such lines is one document. Words may be numbered in a column before them; lines before a
 * sentence that start with `#` and do not end with a tag are comments. Throws {@link DataError}.
 */
export function parseConll(source: Source): readonly ConllDocument[] {
  refuseNul(source);
  const documents = rowsOf(source).filter((sentences) => sentences.length > 0);
  if (documents.length === 0) throw new DataError(source.name, undefined, 'it has no words.');
  const wordColumn = columnOfWords(source, documents.flat());
  return documents.map((sentences) => {
    const read = sentences.map((rows) => ({
      line: rows[0]?.line ?? 1,
      words: rows.map(({ columns }) => columns[wordColumn] ?? ''),
      tags: rows.map(({ tag }) => tag),
    }));
    return { line: read[0]?.line ?? 1, sentences: read };
  });
}

/** The rows of each sentence of each document. */
function rowsOf(source: Source): readonly (readonly (readonly Row[])[])[] {
  const documents: Row[][][] = [];
  let sentences: Row[][] = [];
  let rows: Row[] = [];
  let layout: Layout | undefined;
  const endSentence = () => {
    if (rows.length > 0) sentences.push(rows);
    rows = [];
  };
  const endDocument = () => {
    endSentence();
    documents.push(sentences);
    sentences = [];
  };
  for (const [index, text] of source.lines.entries()) {
    const line = index + 1;
    const columns = columnsOf(text);
    const [word] = columns;
    if (word === undefined || word === BOUNDARY) endSentence();
    else if (word === DOCUMENT_START) endDocument();
    else if (rows.length > 0 || !isComment(columns, layout)) {
      layout ??= { columns: columns.length, line };
      rows.push({ line, columns, tag: readTag(source, line, columns, layout) });
    }
  }
  endDocument();
  return documents;
}

/** Whether a line between sentences is a comment: a word `#` would have a tag and as many columns as other words. */
function isComment(columns: readonly string[], layout: Layout | undefined): boolean {
  if (!columns[0]?.startsWith('#') || columns.length === layout?.columns) return false;
  return parseTag(columns.at(-1) ?? '') === undefined;
}

/** The number of a word, of several written as one (`3-4`), or of an omitted one (`8.1`). */
const WORD_NUMBER = /^\d+([-.]\d+)?$/;

/** The column of the words: the first, or the second if the first numbers them. Throws if it is ambiguous. */
function columnOfWords(source: Source, sentences: readonly (readonly Row[])[]): 0 | 1 {
  const rows = sentences.flat();
  const [first] = rows;
  if (!first || first.columns.length < 3 || !rows.every(({ columns }) => WORD_NUMBER.test(columns[0] ?? ''))) return 0;
  const counts = (numbered: readonly Row[]) =>
    [0, 1].some((start) => numbered.every(({ columns }, index) => columns[0] === String(index + start)));
  if (rows.length > 1 && (sentences.every(counts) || counts(rows))) return 1;
  const problem =
    'the first column of all lines is a number, so it is not clear where the words are. Put them in the first column.';
  throw new DataError(source.name, first.line, problem);
}

/** The number of columns of the file, and the line that has them: its first. */
interface Layout {
  readonly columns: number;
  readonly line: number;
}

/** The columns of a line; none if it is empty. Other white space, such as a no-break space, is part of a word. */
function columnsOf(text: string): readonly string[] {
  if (!/[^ \t]/.test(text)) return [];
  return text.split(/[ \t]+/).filter((column, index) => column !== '' || index === 0);
}

function readTag(source: Source, line: number, columns: readonly string[], layout: Layout): Tag {
  const [word = ''] = columns;
  const last = columns.at(-1) ?? '';
  const tag = parseTag(last);
  if (word !== '' && columns.length >= 2 && columns.length === layout.columns && tag) return tag;
  const comment = word.startsWith('#') ? ' If it is a comment, leave it out: `grep -v "^#"`.' : '';
  throw new DataError(source.name, line, problemOf(columns, layout) + comment);
}

function problemOf(columns: readonly string[], layout: Layout): string {
  const [word] = columns;
  if (word === '') return 'the line begins with a space, so its first column has no word.';
  if (columns.length < 2) {
    return `expected a word and its tag, as in "Paris B-LOC", but there is one column: ${JSON.stringify(word)}.`;
  }
  if (columns.length !== layout.columns) {
    return `expected ${layout.columns} columns, as in line ${layout.line}, but there are ${columns.length}.`;
  }
  return `the last column must be O or a tag such as B-PER or I-PER, but it is ${JSON.stringify(columns.at(-1))}.`;
}

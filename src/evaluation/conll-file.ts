import { DataError, type Source } from './source.ts';
import { parseTag, type Tag } from './tags.ts';

export interface ConllSentence {
  /** Line of its first word, from 1. */
  readonly line: number;
  readonly words: readonly string[];
  /** The gold tags, one a word. */
  readonly tags: readonly Tag[];
}

export interface ConllDocument {
  /** Line of its first word, from 1. */
  readonly line: number;
  readonly sentences: readonly ConllSentence[];
}

const DOCUMENT_START = '-DOCSTART-';
/** What the CoNLL scorer takes for a sentence boundary, beside an empty line. */
const BOUNDARY = '-X-';

/**
 * Reads the columns of the CoNLL shared tasks: a word a line, the word in the first column and its tag in the last,
 * columns separated by blanks or tabs, an empty line behind each sentence, and a `-DOCSTART-` line before each document.
 * A file without such lines is one document. Throws {@link DataError}.
 */
export function parseConll(source: Source): readonly ConllDocument[] {
  const documents: ConllDocument[] = [];
  let sentences: ConllSentence[] = [];
  let words: string[] = [];
  let tags: Tag[] = [];
  let sentenceLine = 1;
  let layout: Layout | undefined;

  const endSentence = () => {
    if (words.length > 0) sentences.push({ line: sentenceLine, words, tags });
    words = [];
    tags = [];
  };
  const endDocument = () => {
    endSentence();
    const [first] = sentences;
    if (first) documents.push({ line: first.line, sentences });
    sentences = [];
  };

  for (const [index, text] of source.lines.entries()) {
    const line = index + 1;
    const columns = columnsOf(text);
    const [word] = columns;
    if (word === undefined || word === BOUNDARY) {
      endSentence();
    } else if (word === DOCUMENT_START) {
      endDocument();
    } else {
      layout ??= { columns: columns.length, line };
      tags.push(readTag(source, line, columns, layout));
      if (words.length === 0) sentenceLine = line;
      words.push(word);
    }
  }
  endDocument();
  if (documents.length === 0) throw new DataError(source.name, undefined, 'it has no words.');
  return documents;
}

/** How many columns the file has, and the line that says so: its first. */
interface Layout {
  readonly columns: number;
  readonly line: number;
}

/** The columns of a line; none where it is empty. Other white space, such as a no-break space, is part of a word. */
function columnsOf(text: string): readonly string[] {
  if (!/[^ \t]/.test(text)) return [];
  return text.split(/[ \t]+/).filter((column, index) => column !== '' || index === 0);
}

function readTag(source: Source, line: number, columns: readonly string[], layout: Layout): Tag {
  const [word] = columns;
  const last = columns.at(-1);
  if (word === '')
    throw new DataError(source.name, line, 'the line begins with a blank, so its first column has no word.');
  if (columns.length < 2 || last === undefined) {
    const problem = `expected a word and its tag, as in "Paris B-LOC", but there is one column: ${JSON.stringify(word)}.`;
    throw new DataError(source.name, line, problem);
  }
  if (columns.length !== layout.columns) {
    const problem = `expected ${layout.columns} columns, as in line ${layout.line}, but there are ${columns.length}.`;
    throw new DataError(source.name, line, problem);
  }
  const tag = parseTag(last);
  if (tag) return tag;
  const problem = `the last column must be O or a tag such as B-PER or I-PER, but it is ${JSON.stringify(last)}.`;
  throw new DataError(source.name, line, problem);
}

import { MARKED, OUTSIDE as OUTSIDE_LABEL } from '../documents/label-scheme.ts';
import type { Span } from '../documents/span.ts';

/**
 * A word's tag: `B` begins an entity, `I` continues one, `E` ends one, `S` is one by itself, and `O` is outside.
 * A file's scheme is which of them it uses, and when: IOB1, IOB2, IOE, IOBES and so on.
 */
export interface Tag {
  readonly mark: 'B' | 'I' | 'E' | 'S' | 'O';
  /** Type of the entity; empty outside. */
  readonly type: string;
}

/** An entity as a half-open range of words. */
export interface TaggedEntity extends Span {
  readonly type: string;
}

export const OUTSIDE: Tag = { mark: 'O', type: '' };

/** Marks, with those of BILOU and BMES mapped to those of IOBES. */
const MARKS = { B: 'B', I: 'I', E: 'E', S: 'S', L: 'E', U: 'S', M: 'I' } as const satisfies Record<string, Tag['mark']>;

/** Parses a tag such as `B-PER`, `B_PER` or `O`; `undefined` if it is not a tag. A type may have hyphens. */
export function parseTag(text: string): Tag | undefined {
  if (text === OUTSIDE_LABEL) return OUTSIDE;
  const [, letter = '', type = ''] = MARKED.exec(text) ?? [];
  return isMark(letter) ? { mark: MARKS[letter], type } : undefined;
}

function isMark(letter: string): letter is keyof typeof MARKS {
  return Object.hasOwn(MARKS, letter);
}

/**
 * The entities of a sentence's tags, by the rules of the CoNLL shared tasks' scorer
 * (conlleval.pl, version 2004-01-26, `startOfChunk` and `endOfChunk`): an entity begins at `B`, at any tag after `O`
 * or after another type, and after an entity's `E`; it ends before the next one or before `O`. So one set of rules
 * reads IOB1, IOB2, and tags that break their scheme. The scorer has no `S`, which is an entity of one word here.
 */
export function entitiesOf(tags: readonly Tag[]): readonly TaggedEntity[] {
  const entities: TaggedEntity[] = [];
  let start = 0;
  for (let word = 0; word <= tags.length; word++) {
    const previous = tags[word - 1] ?? OUTSIDE;
    const tag = tags[word] ?? OUTSIDE;
    const begins = beginsEntity(previous, tag);
    if (previous.mark !== 'O' && (begins || tag.mark === 'O')) entities.push({ start, end: word, type: previous.type });
    if (begins) start = word;
  }
  return entities;
}

/** Whether a word's tag begins an entity, after the tag of the word before it. */
export function beginsEntity(previous: Tag, tag: Tag): boolean {
  if (tag.mark === 'O') return false;
  if (previous.mark === 'O' || previous.type !== tag.type) return true;
  return tag.mark === 'B' || tag.mark === 'S' || previous.mark === 'E' || previous.mark === 'S';
}

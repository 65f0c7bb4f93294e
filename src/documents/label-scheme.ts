/** The label of what is no entity. */
export const OUTSIDE = 'O';

/** What a label says of a token's or a word's place in an entity. */
export interface LabelMeaning {
  /** As in `PER`. */
  readonly type: string;
  /** It begins an entity, so that one of its type before it has ended. */
  readonly begins: boolean;
  /** It ends the entity, so that one of its type behind it is another. */
  readonly ends: boolean;
}

/** A mark in front of a type: `B-PER`, `B_PER`. */
export const MARKED = /^([A-Z])[-_](.+)$/s;

/** Marks that go together. Where all of a model's marks are in one set, that is its scheme. */
const SCHEMES = ['BI', 'BIES', 'BILU', 'BMES'];
const BEGINS = 'BSU';
const ENDS = 'ESLU';

const schemes = new WeakMap<readonly string[], LabelScheme>();

/**
 * How a model's labels mark where entities begin and end, as its set of labels shows:
 *
 * - BIO (IOB2) and IOB1: `B-` begins an entity and `I-` goes on with one, or begins one where there is none.
 * - IOBES, BILOU and BMES: besides, `E-` or `L-` ends an entity, and `S-` or `U-` is one by itself.
 * - Plain: `PER` is a type by itself, and neighbours of one type are one entity. So is `LABEL_0`.
 *
 * Labels that break their scheme are taken as far as they go: an `I-` or `E-` without an entity before it begins one.
 * A label without a mark among others with one counts as `I-`, as in the Python package transformers
 * (4.57, `TokenClassificationPipeline.get_tag`), which does not know `E-`, `L-`, `S-` and `U-`.
 */
export class LabelScheme {
  readonly #meanings: ReadonlyMap<string, LabelMeaning>;

  private constructor(labels: readonly string[]) {
    const marked = labels.filter((label) => label !== OUTSIDE).map((label) => MARKED.exec(label));
    const marks = new Set(marked.map((match) => match?.[1]));
    const known =
      (marks.has('B') || marks.has('I')) &&
      SCHEMES.some((scheme) => [...marks].every((mark) => mark !== undefined && scheme.includes(mark)));
    const mark = known ? MARKED : /^([BI])-(.*)$/s;
    this.#meanings = new Map(labels.map((label) => [label, meaningOf(label, mark)]));
  }

  /** The scheme of a model with these labels. */
  static of(labels: readonly string[]): LabelScheme {
    let scheme = schemes.get(labels);
    if (!scheme) schemes.set(labels, (scheme = new LabelScheme(labels)));
    return scheme;
  }

  /** What a label means; a word that is none of the labels, such as a type, means itself. */
  meaning(label: string): LabelMeaning {
    return this.#meanings.get(label) ?? { type: label, begins: false, ends: false };
  }

  /** The types of the entities that can be found, in the order of the labels. */
  get types(): readonly string[] {
    const types = new Set([...this.#meanings.values()].map(({ type }) => type));
    types.delete(OUTSIDE);
    return [...types];
  }
}

function meaningOf(label: string, mark: RegExp): LabelMeaning {
  const [, letter, type] = label === OUTSIDE ? [] : (mark.exec(label) ?? []);
  if (letter === undefined || type === undefined) return { type: label, begins: false, ends: false };
  return { type, begins: BEGINS.includes(letter), ends: ENDS.includes(letter) };
}

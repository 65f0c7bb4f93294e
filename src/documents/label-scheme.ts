/** The label of tokens outside of entities. */
export const OUTSIDE = 'O';

/** What a label says about the position of a token or word in an entity. */
export interface LabelMeaning {
  /** As in `PER`. */
  readonly type: string;
  /** Whether it begins an entity, which ends one of the same type before it. */
  readonly begins: boolean;
  /** Whether it ends the entity, so that the same type after it begins another. */
  readonly ends: boolean;
}

/** A label with a mark before its type: `B-PER`, `B_PER`. */
export const MARKED = /^([A-Z])[-_](.+)$/s;

/** The marks of each scheme. A model uses the first scheme that has all of its marks. */
const SCHEMES = ['BI', 'BIES', 'BILU', 'BMES'];
const BEGINS = 'BSU';
const ENDS = 'ESLU';

const schemes = new WeakMap<readonly string[], LabelScheme>();

/**
 * How a model's labels mark the beginnings and ends of entities, inferred from the set of labels:
 *
 * - BIO (IOB2) and IOB1: `B-` begins an entity, and `I-` continues one, or begins one if there is none.
 * - IOBES, BILOU and BMES: also, `E-` or `L-` ends an entity, and `S-` or `U-` is one by itself.
 * - Plain: `PER` is the type itself, as is `LABEL_0`, and neighbours of one type are one entity.
 *
 * Labels that break their scheme are interpreted leniently: an `I-` or `E-` without an entity before it begins one.
 * A label without a mark among others with one counts as `I-`, as in the Python package transformers
 * (4.57, `TokenClassificationPipeline.get_tag`), which does not support `E-`, `L-`, `S-` and `U-`.
 */
export class LabelScheme {
  /** The types of the entities that can be found, in the order of the labels. */
  readonly types: readonly string[];
  readonly #meanings: ReadonlyMap<string, LabelMeaning>;

  private constructor(labels: readonly string[]) {
    const marked = labels.filter((label) => label !== OUTSIDE).map((label) => MARKED.exec(label));
    const marks = new Set(marked.map((match) => match?.[1]));
    const known =
      (marks.has('B') || marks.has('I')) &&
      SCHEMES.some((scheme) => [...marks].every((mark) => mark !== undefined && scheme.includes(mark)));
    const mark = known ? MARKED : /^([BI])-(.*)$/s;
    this.#meanings = new Map(labels.map((label) => [label, meaningOf(label, mark)]));
    const types = new Set([...this.#meanings.values()].map(({ type }) => type));
    types.delete(OUTSIDE);
    this.types = [...types];
  }

  /** The scheme of a model with these labels. */
  static of(labels: readonly string[]): LabelScheme {
    let scheme = schemes.get(labels);
    if (!scheme) schemes.set(labels, (scheme = new LabelScheme(labels)));
    return scheme;
  }

  /** The meaning of a label; anything else, such as a type, is taken as a plain type. */
  meaning(label: string): LabelMeaning {
    return this.#meanings.get(label) ?? { type: label, begins: false, ends: false };
  }
}

function meaningOf(label: string, mark: RegExp): LabelMeaning {
  const [, letter, type] = label === OUTSIDE ? [] : (mark.exec(label) ?? []);
  if (letter === undefined || type === undefined) return { type: label, begins: false, ends: false };
  return { type, begins: BEGINS.includes(letter), ends: ENDS.includes(letter) };
}

import { argmax } from './argmax.ts';
import { LabelScheme, OUTSIDE } from './label-scheme.ts';

/**
 * How the labels of tokens become entities, as in the `token-classification` pipeline of the Python
 * package transformers (4.57, `TokenClassificationPipeline.aggregate` and `group_entities`):
 *
 * - `NONE`: each token with a label is an entity of its own.
 * - `SIMPLE`: neighbouring tokens of one type make an entity, unless a label says that one begins or ends there.
 * - `FIRST`, `AVERAGE`, `MAX`: a word first gets one label — its first token's, that of its tokens' mean
 *   probabilities, or its most certain token's — and then neighbouring words of one type make an entity.
 */
export type Aggregation = 'NONE' | 'SIMPLE' | 'FIRST' | 'AVERAGE' | 'MAX';

/** A token's own label, which explains the entity that it became part of. */
export interface LabelledToken {
  /** Its index among the document's tokens. */
  readonly index: number;
  readonly label: string;
  readonly confidence: number;
}

/** A word of an entity, or a token if the strategy does not use words. */
export interface ScoredWord {
  /** Index of its first token among the document's. */
  readonly first: number;
  readonly confidence: number;
}

/** A decoded entity, in terms of tokens. */
export interface TokenEntity {
  readonly type: string;
  /** Mean over its words. */
  readonly confidence: number;
  readonly words: readonly ScoredWord[];
  readonly tokens: readonly LabelledToken[];
}

/** Limits that a text sets to its entities, whatever the labels are. They do not apply to NONE. */
export interface EntityLimits {
  /** Whether any entity that has reached a token ends before it. */
  isBefore(token: number): boolean;
  /** Whether a token is part of an address, which is not a name. */
  isAddress(token: number): boolean;
}

/** The mean confidence of the words of an entity. */
export function meanConfidence(words: readonly ScoredWord[]): number {
  return words.reduce((sum, { confidence }) => sum + confidence, 0) / words.length;
}

/** A word, or a single token if the strategy does not use words. */
interface Unit {
  readonly rows: Float32Array[];
  readonly first: number;
}

interface Group {
  readonly type: string;
  readonly words: ScoredWord[];
  readonly tokens: LabelledToken[];
}

/** The state of a decoder between two tokens, as plain data. */
export interface DecoderState {
  /** The next token to decode. */
  readonly next: number;
  readonly unit: { readonly first: number; readonly rows: readonly (readonly number[])[] } | undefined;
  readonly group:
    | { readonly type: string; readonly words: readonly ScoredWord[]; readonly tokens: readonly LabelledToken[] }
    | undefined;
}

/**
 * Decodes the tokens of a document in order, as their labels become known. An entity is returned as soon as no later
 * label can change it: when the unit after it is complete and does not belong to it. The entities do not depend on how
 * the labels are split into calls of {@link push}.
 */
export class EntityDecoder {
  readonly #labels: readonly string[];
  readonly #scheme: LabelScheme;
  readonly #strategy: Aggregation;
  /** Whether a token belongs to the unit of the token before it. */
  readonly #joins: (token: number) => boolean;
  readonly #limits: EntityLimits | undefined;
  #next: number;
  #unit: Unit | undefined;
  #group: Group | undefined;

  /**
   * @param labels the model's labels, by column of the probabilities
   * @param continues whether a token continues the word of the token before it
   * @param from the first token to decode: 0, or the {@link resumeAt} or {@link state} of an earlier decoder
   */
  constructor(
    labels: readonly string[],
    strategy: Aggregation,
    continues: (token: number) => boolean,
    from: number | DecoderState = 0,
    limits?: EntityLimits,
  ) {
    this.#labels = labels;
    this.#scheme = LabelScheme.of(labels);
    this.#strategy = strategy;
    this.#joins = strategy === 'NONE' || strategy === 'SIMPLE' ? () => false : continues;
    this.#limits = limits;
    if (typeof from === 'number') {
      this.#next = from;
      return;
    }
    const { next, unit, group } = from;
    this.#next = next;
    this.#unit = unit && { first: unit.first, rows: unit.rows.map((row) => Float32Array.from(row)) };
    this.#group = group && { type: group.type, words: [...group.words], tokens: [...group.tokens] };
  }

  /** What is not settled yet, as plain data: a decoder that starts with it returns what this one would. */
  get state(): DecoderState {
    const unit = this.#unit && { first: this.#unit.first, rows: this.#unit.rows.map((row) => [...row]) };
    const group = this.#group && { ...this.#group, words: [...this.#group.words], tokens: [...this.#group.tokens] };
    return { next: this.#next, unit, group };
  }

  /** The first token that is not settled yet: a decoder that starts there returns what this one would still return. */
  get resumeAt(): number {
    return this.#group?.tokens[0]?.index ?? this.#unit?.first ?? this.#next;
  }

  /** Decodes the next tokens from their probabilities, row by row. Returns the entities that are now settled. */
  push(probabilities: Float32Array): readonly TokenEntity[] {
    const width = this.#labels.length;
    const settled: TokenEntity[] = [];
    for (let at = 0; at + width <= probabilities.length; at += width) {
      const token = this.#next++;
      const ends = !this.#joins(this.#next);
      if (!this.#unit && ends && this.#labels[argmax(probabilities, at, width)] === OUTSIDE) {
        // Shortcut: most tokens are whole words outside of all entities, under any strategy.
        this.#endGroup(settled);
        continue;
      }
      this.#unit ??= { rows: [], first: token };
      this.#unit.rows.push(probabilities.subarray(at, at + width));
      if (ends) this.#endUnit(settled);
    }
    return settled;
  }

  /** Ends the document. Returns the entities that touch its end. */
  finish(): readonly TokenEntity[] {
    const settled: TokenEntity[] = [];
    this.#endUnit(settled);
    this.#endGroup(settled);
    return settled;
  }

  #endUnit(settled: TokenEntity[]): void {
    const unit = this.#unit;
    if (!unit) return;
    this.#unit = undefined;
    const [label, confidence] = this.#labelOf(unit);
    const tokens = unit.rows.map((row, offset) => {
      const column = argmax(row);
      return { index: unit.first + offset, label: this.#labels[column] ?? OUTSIDE, confidence: row[column] ?? 0 };
    });
    if (this.#strategy === 'NONE') {
      const words = [{ first: unit.first, confidence }];
      if (label !== OUTSIDE) settled.push({ type: label, confidence, words, tokens });
      return;
    }
    const { begins, ends, type } = this.#scheme.meaning(label);
    const isOutside = type === OUTSIDE || this.#limits?.isAddress(unit.first) === true;
    if (this.#group && (isOutside || this.#group.type !== type || begins || this.#limits?.isBefore(unit.first))) {
      this.#endGroup(settled);
    }
    if (isOutside) return;
    this.#group ??= { type, words: [], tokens: [] };
    this.#group.words.push({ first: unit.first, confidence });
    this.#group.tokens.push(...tokens);
    if (ends) this.#endGroup(settled);
  }

  #endGroup(settled: TokenEntity[]): void {
    const group = this.#group;
    if (!group) return;
    this.#group = undefined;
    settled.push({ ...group, confidence: meanConfidence(group.words) });
  }

  #labelOf({ rows }: Unit): readonly [label: string, confidence: number] {
    const row = this.#strategy === 'AVERAGE' ? mean(rows) : this.#strategy === 'MAX' ? mostCertain(rows) : rows[0];
    if (!row) throw new Error('A unit has at least one token.');
    const column = argmax(row);
    return [this.#labels[column] ?? OUTSIDE, row[column] ?? 0];
  }
}

function mean(rows: readonly Float32Array[]): Float32Array | undefined {
  return rows[0]?.map((_, column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0) / rows.length);
}

/** The row with the highest probability; the first of equals. */
function mostCertain(rows: readonly Float32Array[]): Float32Array | undefined {
  let best = rows[0];
  for (const row of rows) if (best && (row[argmax(row)] ?? 0) > (best[argmax(best)] ?? 0)) best = row;
  return best;
}

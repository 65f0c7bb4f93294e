import { beginsEntity, entitiesOf, OUTSIDE, type Tag } from './tags.ts';

/** How well entities were found. A ratio with the denominator 0 is 0, as in the CoNLL scorer. */
export interface EntityScore {
  /** Part of the found entities that are correct, 0 to 1. */
  readonly precision: number;
  /** Part of the gold entities that were found, 0 to 1. */
  readonly recall: number;
  /** Harmonic mean of precision and recall. */
  readonly f1: number;
  /** Number of entities of the data. */
  readonly gold: number;
  /** Number of entities that the model found. */
  readonly found: number;
  /** Number of found entities with exactly the gold words and the gold type. */
  readonly correct: number;
}

export interface EntityScores {
  /** For the entities of all types together (the micro average). */
  readonly overall: EntityScore;
  /** For each type of the data or the model, in alphabetical order. */
  readonly types: readonly (EntityScore & { readonly type: string })[];
  readonly words: number;
  /** Part of the words with the gold tag, 0 to 1, with both sides in IOB2. */
  readonly accuracy: number;
}

interface Counts {
  gold: number;
  found: number;
  correct: number;
}

/** Compares predicted tags with gold ones, sentence by sentence, as the CoNLL scorer does. */
export class EntityTally {
  readonly #types = new Map<string, Counts>();
  #words = 0;
  #correctWords = 0;

  /** Adds a sentence; both sides have one tag per word, in any scheme. */
  add(gold: readonly Tag[], predicted: readonly Tag[]): void {
    if (gold.length !== predicted.length) {
      throw new Error(`A sentence of ${gold.length} words has ${predicted.length} tags.`);
    }
    const goldEntities = entitiesOf(gold);
    const byStart = new Map(goldEntities.map((entity) => [entity.start, entity]));
    for (const entity of goldEntities) this.#of(entity.type).gold++;
    for (const entity of entitiesOf(predicted)) {
      const counts = this.#of(entity.type);
      const match = byStart.get(entity.start);
      counts.found++;
      if (match?.end === entity.end && match.type === entity.type) counts.correct++;
    }
    const predictedTags = inIob2(predicted);
    this.#words += gold.length;
    this.#correctWords += inIob2(gold).filter((tag, word) => tag === predictedTags[word]).length;
  }

  scores(): EntityScores {
    const types = [...this.#types].sort(([a], [b]) => (a < b ? -1 : 1));
    const all: Counts = { gold: 0, found: 0, correct: 0 };
    for (const [, counts] of types) {
      all.gold += counts.gold;
      all.found += counts.found;
      all.correct += counts.correct;
    }
    return {
      overall: score(all),
      types: types.map(([type, counts]) => ({ type, ...score(counts) })),
      words: this.#words,
      accuracy: ratio(this.#correctWords, this.#words),
    };
  }

  #of(type: string): Counts {
    let counts = this.#types.get(type);
    if (!counts) this.#types.set(type, (counts = { gold: 0, found: 0, correct: 0 }));
    return counts;
  }
}

function score({ gold, found, correct }: Counts): EntityScore {
  const precision = ratio(correct, found);
  const recall = ratio(correct, gold);
  return { precision, recall, f1: ratio(2 * precision * recall, precision + recall), gold, found, correct };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** The tags in IOB2, so that different schemes are equal if their entities are. */
function inIob2(tags: readonly Tag[]): readonly string[] {
  return tags.map((tag, word) => {
    if (tag.mark === 'O') return 'O';
    return beginsEntity(tags[word - 1] ?? OUTSIDE, tag) ? `B-${tag.type}` : `I-${tag.type}`;
  });
}

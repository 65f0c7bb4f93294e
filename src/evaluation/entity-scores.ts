import { beginsEntity, entitiesOf, OUTSIDE, type Tag } from './tags.ts';

/** How well entities were found. A rate whose denominator is 0 is 0, as the CoNLL scorer has it. */
export interface EntityScore {
  /** Share of the found entities that are correct. */
  readonly precision: number;
  /** Share of the gold entities that were found. */
  readonly recall: number;
  /** Harmonic mean of precision and recall. */
  readonly f1: number;
  /** Entities of the data. */
  readonly gold: number;
  /** Entities that the model found. */
  readonly found: number;
  /** Entities found with exactly the gold words and the gold type. */
  readonly correct: number;
}

export interface EntityScores {
  /** Over the entities of all types together (the micro average). */
  readonly overall: EntityScore;
  /** Each type that the data or the model has, in alphabetical order. */
  readonly types: readonly (EntityScore & { readonly type: string })[];
  readonly words: number;
  /** Share of the words with the gold tag, after both sides are written in IOB2. */
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

  /** Takes a sentence; both sides have one tag a word, in any scheme. */
  add(gold: readonly Tag[], predicted: readonly Tag[]): void {
    if (gold.length !== predicted.length) {
      throw new Error(`A sentence of ${gold.length} words was given ${predicted.length} tags.`);
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

/** The same entities with every first word marked `B-`, so that schemes do not differ where entities agree. */
function inIob2(tags: readonly Tag[]): readonly string[] {
  return tags.map((tag, word) => {
    if (tag.mark === 'O') return 'O';
    return beginsEntity(tags[word - 1] ?? OUTSIDE, tag) ? `B-${tag.type}` : `I-${tag.type}`;
  });
}

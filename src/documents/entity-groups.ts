/** The part of an entity that grouping looks at. */
export interface Named {
  readonly text: string;
  readonly type: string;
  readonly confidence: number;
}

/** All mentions of one name: same type, and same text except for case and white space. */
export interface EntityGroup<Mention extends Named> {
  /** The most frequent spelling of the name; the first one if several are. */
  readonly text: string;
  readonly type: string;
  readonly count: number;
  /** Mean over the mentions. */
  readonly confidence: number;
  readonly mentions: readonly Mention[];
}

/** Groups entities by name. The groups with the most mentions come first, then those that are mentioned first. */
export function groupEntities<Mention extends Named>(entities: readonly Mention[]): readonly EntityGroup<Mention>[] {
  return byCount([...groupSteps(entities)].filter((group) => group !== undefined));
}

/** Yields the groups in the order of their first mentions, and `undefined` for each step before. */
export function* groupSteps<Mention extends Named>(
  entities: readonly Mention[],
): Generator<EntityGroup<Mention> | undefined, void, void> {
  const groups = new Map<string, Mention[]>();
  for (const entity of entities) {
    const key = `${entity.type}\n${fold(entity.text)}`;
    const mentions = groups.get(key);
    if (mentions) mentions.push(entity);
    else groups.set(key, [entity]);
    yield undefined;
  }
  for (const mentions of groups.values()) yield toGroup(mentions);
}

/** Orders groups by their mentions, the most first. */
export function byCount<Mention extends Named>(
  groups: readonly EntityGroup<Mention>[],
): readonly EntityGroup<Mention>[] {
  return [...groups].sort((a, b) => b.count - a.count);
}

/** Normalizes a name: NFKC, lower case, and one space for each run of white space. */
function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

function toGroup<Mention extends Named>(mentions: readonly Mention[]): EntityGroup<Mention> {
  const spellings = new Map<string, number>();
  for (const { text } of mentions) spellings.set(text, (spellings.get(text) ?? 0) + 1);
  const [text] = [...spellings].reduce((most, spelling) => (spelling[1] > most[1] ? spelling : most), ['', 0]);
  return {
    text,
    type: mentions[0]?.type ?? '',
    count: mentions.length,
    confidence: mentions.reduce((sum, mention) => sum + mention.confidence, 0) / mentions.length,
    mentions,
  };
}

/** What is grouped: an entity, as far as its group is concerned. */
interface Named {
  readonly text: string;
  readonly type: string;
  readonly confidence: number;
}

/** All mentions of one name: same type, same text but for case and white space. */
export interface EntityGroup<Mention extends Named> {
  /** The name as it is most often written; the first of equals. */
  readonly text: string;
  readonly type: string;
  readonly count: number;
  /** Mean over the mentions. */
  readonly confidence: number;
  readonly mentions: readonly Mention[];
}

/** Groups entities by name, the most mentioned first; of equals the one mentioned first. */
export function groupEntities<Mention extends Named>(entities: readonly Mention[]): readonly EntityGroup<Mention>[] {
  const groups = new Map<string, Mention[]>();
  for (const entity of entities) {
    const key = `${entity.type}\n${fold(entity.text)}`;
    const mentions = groups.get(key);
    if (mentions) mentions.push(entity);
    else groups.set(key, [entity]);
  }
  return [...groups.values()].map(toGroup).sort((a, b) => b.count - a.count);
}

/** Compatibility-composed, lower case, each run of white space one blank. */
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

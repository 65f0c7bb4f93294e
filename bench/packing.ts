/** Sequences that are run at once: their ids in a row, and the length of each. */
export interface Batch {
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
}

/** Sorts sequences by length and packs them into batches of at most `budget` padded tokens. */
export function pack(sequences: readonly Int32Array[], budget: number): readonly Batch[] {
  const groups: Int32Array[][] = [];
  for (const sequence of sequences.toSorted((a, b) => a.length - b.length)) {
    const last = groups.at(-1);
    if (last && (last.length + 1) * sequence.length <= budget) last.push(sequence);
    else groups.push([sequence]);
  }
  return groups.map((group) => ({
    ids: Int32Array.from(group.flatMap((sequence) => [...sequence])),
    lengths: Int32Array.from(group, (sequence) => sequence.length),
  }));
}

import type { Entity } from '../documents/entities.ts';

/** The part of an entity in the index of its analysis: enough to filter, count and group without reading events. */
export type EntityEntry = Pick<Entity, 'text' | 'type' | 'confidence' | 'start' | 'end'>;

/** An entity in the index of its analysis, and its place in the events. */
export interface IndexedEntity extends EntityEntry {
  /** Sequence number of the event. */
  readonly sequence: number;
  /** Its index among the entities of the event. */
  readonly ordinal: number;
}

type Row = readonly [text: string, type: string, confidence: number, start: number, end: number];

/** The entry of an entity. */
export function entryOf({ text, type, confidence, start, end }: EntityEntry): EntityEntry {
  return { text, type, confidence, start, end };
}

/** Adds the place of each entry of an event. */
export function placed(sequence: number, entities: readonly EntityEntry[]): readonly IndexedEntity[] {
  return entities.map((entity, ordinal) => ({ ...entryOf(entity), sequence, ordinal }));
}

/** Writes the entries of an event as a line of an index; empty for an event without entities. */
export function writeEntries(sequence: number, entities: readonly EntityEntry[]): string {
  if (entities.length === 0) return '';
  const rows = entities.map(({ text, type, confidence, start, end }): Row => [text, type, confidence, start, end]);
  return `${JSON.stringify([sequence, ...rows])}\n`;
}

/** Reads the lines of an index. */
export function readEntries(lines: string): readonly IndexedEntity[] {
  if (lines === '') return [];
  const parsed = JSON.parse(`[${lines.trimEnd().replaceAll('\n', ',')}]`) as readonly (readonly [number, ...Row[]])[];
  return parsed.flatMap(([sequence, ...rows]) =>
    rows.map(([text, type, confidence, start, end], ordinal) => {
      return { text, type, confidence, start, end, sequence, ordinal };
    }),
  );
}

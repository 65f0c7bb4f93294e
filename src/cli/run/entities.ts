import { type Aggregation, EntitiesDocument, type EntitiesQuery, type OffsetEncoding } from '../../client/graphql.ts';
import { percent, table } from '../table.ts';
import { outputPen } from '../terminal.ts';
import { runTextTask, section, type TextFlags } from './texts.ts';

/** Flags of the commands that find entities. */
export interface EntityFlags extends TextFlags {
  readonly types?: readonly string[];
  readonly minConfidence: number;
  readonly aggregation: Aggregation;
  readonly offsets: OffsetEncoding;
}

type Entities = EntitiesQuery['entities'];

/** The flags as variables of an operation. */
export function entityVariables({ model, types, minConfidence, aggregation, offsets }: EntityFlags) {
  return {
    ...(model !== undefined && { model }),
    ...(types !== undefined && { types }),
    minConfidence,
    aggregation,
    offsetEncoding: offsets,
  };
}

export function findEntities(texts: readonly string[], flags: EntityFlags, signal: AbortSignal): Promise<void> {
  const variables = entityVariables(flags);
  return runTextTask<Entities>(texts, flags, signal, {
    ask: async (graph, text) => (await graph.query(EntitiesDocument, { text, ...variables })).entities,
    print: (entities, input, isSingle) => section([report(entities)], input, isSingle),
    json: (entities) => ({
      entities: entities.map(({ text, type, confidence, start, end }) => ({ text, type, confidence, start, end })),
    }),
  });
}

function report(entities: Entities): string {
  if (entities.length === 0) return outputPen().write('dim', 'no entities');
  const rows = entities.map(({ type, confidence, start, end, text }) => [
    type,
    percent(confidence),
    `${start}–${end}`,
    text,
  ]);
  return table(rows, ['left', 'right', 'right', 'left']);
}

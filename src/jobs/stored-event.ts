import type { AnalysisCompleted, AnalysisEvent, AnalysisFailed, ChunkAnalyzed } from '../documents/analysis.ts';
import type { Document } from '../documents/document.ts';
import type { Entity } from '../documents/entities.ts';
import type { EntityGroup } from '../documents/entity-groups.ts';
import { stretchOf } from '../documents/event-sentiment.ts';
import type { SentimentResult } from '../documents/sentiment.ts';
import type { ModelRegistry } from '../models/registry.ts';

type StoredEntity = Omit<Entity, 'document'>;
type StoredSentiment = Omit<SentimentResult, 'text' | 'model'> & { readonly model: string };
type StoredGroup = Omit<EntityGroup<Entity>, 'mentions'> & { readonly mentions: readonly StoredEntity[] };
type StoredChunk = Omit<ChunkAnalyzed, 'document' | 'entities' | 'sentiment'> & {
  readonly entities: readonly StoredEntity[];
  readonly sentiment: StoredSentiment | null;
};
type StoredCompleted = Omit<AnalysisCompleted, 'document' | 'entityGroups' | 'sentiment'> & {
  readonly entityGroups: readonly StoredGroup[];
  readonly sentiment: StoredSentiment | null;
};
type StoredEvent = StoredChunk | StoredCompleted | AnalysisFailed;

/**
 * Writes an event as JSON that needs neither the model nor the text's tokens to be read again. The same event
 * always gives the same bytes, whatever order the properties of its parts came in.
 */
export function storeEvent(event: AnalysisEvent): string {
  return JSON.stringify(toStored(event));
}

/** Reads a stored event. Its entities stand in `document`, which must be of the same text and offset encoding. */
export function reviveEvent(stored: string, document: Document, registry: ModelRegistry): AnalysisEvent {
  const event = JSON.parse(stored) as StoredEvent;
  if (event.kind === 'AnalysisFailed') return event;
  const entities = (bare: readonly StoredEntity[]) => bare.map((entity) => ({ ...entity, document }));
  const { sentiment } = event;
  const revived: ChunkAnalyzed | AnalysisCompleted =
    event.kind === 'ChunkAnalyzed'
      ? { ...event, document, sentiment: null, entities: entities(event.entities) }
      : {
          ...event,
          document,
          sentiment: null,
          entityGroups: event.entityGroups.map((group) => ({ ...group, mentions: entities(group.mentions) })),
        };
  if (!sentiment) return revived;
  const model = registry.resolve('SENTIMENT', sentiment.model);
  return { ...revived, sentiment: { ...sentiment, text: stretchOf(revived), model } };
}

function toStored(event: AnalysisEvent): StoredEvent {
  const { kind, cursor, sequence } = event;
  if (kind === 'AnalysisFailed') return { kind, cursor, sequence, code: event.code, message: event.message };
  const sentiment = event.sentiment ? storeSentiment(event.sentiment) : null;
  const { progress } = event;
  if (kind === 'ChunkAnalyzed') {
    const { chunk, entities, timing } = event;
    return { kind, cursor, sequence, chunk, entities: entities.map(storeEntity), sentiment, progress, timing };
  }
  const entityGroups = event.entityGroups.map(({ text, type, count, confidence, mentions }) => {
    return { text, type, count, confidence, mentions: mentions.map(storeEntity) };
  });
  return { kind, cursor, sequence, entityCount: event.entityCount, entityGroups, sentiment, progress };
}

function storeEntity({ id, text, type, confidence, start, end, span, tokens, chunkIndex }: Entity): StoredEntity {
  return {
    id,
    text,
    type,
    confidence,
    start,
    end,
    span: { start: span.start, end: span.end },
    tokens: tokens.map(({ text, piece, label, confidence, start, end }) => {
      return { text, piece, label, confidence, start, end };
    }),
    chunkIndex,
  };
}

function storeSentiment({ text: _, model, timing, ...scores }: SentimentResult): StoredSentiment {
  return { ...scores, model: model.id, timing };
}

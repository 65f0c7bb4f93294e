import type {
  AnalysisCompleted,
  AnalysisEvent,
  AnalysisFailed,
  ChunkAnalyzed,
  Progress,
} from '../documents/analysis.ts';
import { decodeCursor, encodeCursor } from '../documents/cursor.ts';
import type { Document } from '../documents/document.ts';
import type { Entity } from '../documents/entities.ts';
import type { EntityGroup } from '../documents/entity-groups.ts';
import type { SentimentResult } from '../documents/sentiment.ts';
import type { ModelRegistry } from '../models/registry.ts';
import { type Analysis, type Ending, isEnded } from './analysis.ts';
import type { AnalysisStore } from './store.ts';

/** The unsettled end of an open text, read as if the text ended there. It replaces the previous tail. */
export interface TailAnalyzed {
  readonly kind: 'TailAnalyzed';
  /** Half-open range in the text, in the client's unit. */
  readonly start: number;
  readonly end: number;
  readonly entities: readonly Entity<Document>[];
  readonly sentiment: SentimentResult | null;
  /** Length of the text that was read, in UTF-16 code units. */
  readonly length: number;
}

/** A stored entity. In a text that grew it has no id: readers derive it from the id of the analysis. */
export type StoredEntity = Omit<Entity<Document>, 'document' | 'id'> & { readonly id?: string | undefined };
type StoredSentiment = Omit<SentimentResult, 'text' | 'model'> & { readonly model: string; readonly text?: string };
type StoredGroup = Omit<EntityGroup<Entity<Document>>, 'mentions'> & { readonly mentions: readonly StoredEntity[] };
type StoredChunk = Omit<ChunkAnalyzed, 'document' | 'entities' | 'sentiment'> & {
  readonly entities: readonly StoredEntity[];
  readonly sentiment: StoredSentiment | null;
};
type StoredCompleted = Omit<AnalysisCompleted, 'document' | 'entityGroups' | 'sentiment'> & {
  readonly entityGroups: readonly StoredGroup[];
  readonly sentiment: StoredSentiment | null;
};
type StoredEvent = StoredChunk | StoredCompleted | AnalysisFailed;
type StoredTailEvent = Omit<TailAnalyzed, 'entities' | 'sentiment'> & {
  readonly entities: readonly StoredEntity[];
  readonly sentiment: StoredSentiment | null;
};

/** The text in which the entities of events lie. Documents are made when they are first asked for. */
export interface EventText {
  /** The document that holds the next event's entities, for a reader that takes events in order. */
  readonly document: () => Document;
  /** The document of the whole text. */
  readonly whole: () => Document;
  slice(start: number, end: number): string;
}

/** The context in which a stored event is read. */
export interface EventContext {
  readonly registry: ModelRegistry;
  readonly text: EventText;
  /** Makes the id of an entity that was stored without one. */
  readonly idOf: (entity: StoredEntity) => string;
  /** The fingerprint and totals that replace those of a text that grew once it is complete. */
  readonly final?: { readonly fingerprint: string; readonly progress: Progress } | undefined;
}

/**
 * Writes an event as JSON that can be read again without the model and the text's tokens. The same event always gives
 * the same bytes, whatever the order of its properties.
 */
export function storeEvent(event: AnalysisEvent): string {
  return JSON.stringify(toStored(event));
}

/** Reads a stored event. */
export function reviveEvent(stored: string, context: EventContext): AnalysisEvent {
  const { text } = context;
  const event = atEnd(JSON.parse(stored) as StoredEvent, context);
  if (event.kind === 'AnalysisFailed') return event;
  if (event.kind === 'ChunkAnalyzed') {
    const { start, end } = event.chunk.span;
    return {
      ...event,
      entities: reviveEntities(event.entities, context),
      sentiment: reviveSentiment(event.sentiment, context, () => text.slice(start, end)),
      get document() {
        return text.document();
      },
    };
  }
  return {
    ...event,
    entityGroups: event.entityGroups.map((group) => {
      return { ...group, mentions: group.mentions.map((entity) => reviveEntity(entity, context, text.whole)) };
    }),
    sentiment: reviveSentiment(event.sentiment, context, () => text.whole().text),
    get document() {
      return text.whole();
    },
  };
}

/** Reads one entity of a stored event. */
export function reviveEntity(
  stored: StoredEntity,
  context: EventContext,
  document = context.text.document,
): Entity<Document> {
  return {
    ...stored,
    id: stored.id ?? context.idOf(stored),
    get document() {
      return document();
    },
  };
}

/** The stored entities of an event. */
export function storedEntities(stored: string): readonly StoredEntity[] {
  const event = JSON.parse(stored) as StoredEvent;
  return event.kind === 'ChunkAnalyzed' ? event.entities : [];
}

/** Writes a chunk of an open text. */
export function storeChunk(chunk: Omit<ChunkAnalyzed, 'kind' | 'document' | 'entities'> & WithEntities): string {
  const { cursor, sequence, progress, timing } = chunk;
  const sentiment = chunk.sentiment ? storeSentiment(chunk.sentiment) : null;
  const entities = chunk.entities.map(storeEntity);
  const stored: StoredChunk = {
    kind: 'ChunkAnalyzed',
    cursor,
    sequence,
    chunk: chunk.chunk,
    entities,
    sentiment,
    progress,
    timing,
  };
  return JSON.stringify(stored);
}

interface WithEntities {
  readonly entities: readonly StoredEntity[];
}

/** Writes the end of a text that grew. Without the ids of its entities, which each stream makes itself. */
export function storeCompleted(
  completed: Omit<AnalysisCompleted, 'document' | 'entityGroups'> & {
    readonly entityGroups: readonly StoredGroup[];
  },
): string {
  const { cursor, sequence, entityCount, progress, abandoned } = completed;
  const stored: StoredCompleted = {
    kind: 'AnalysisCompleted',
    cursor,
    sequence,
    entityCount,
    entityGroups: completed.entityGroups.map(({ text, type, count, confidence, mentions }) => {
      return {
        text,
        type,
        count,
        confidence,
        mentions: mentions.map((each) => storeEntity({ ...each, id: undefined })),
      };
    }),
    sentiment: completed.sentiment ? storeSentiment(completed.sentiment) : null,
    progress,
    ...(abandoned ? { abandoned } : {}),
  };
  return JSON.stringify(stored);
}

/** Writes a tail. */
export function storeTail(tail: Omit<TailAnalyzed, 'entities'> & WithEntities): string {
  const { kind, start, end, length } = tail;
  const sentiment = tail.sentiment ? { ...storeSentiment(tail.sentiment), text: tail.sentiment.text } : null;
  const stored: StoredTailEvent = { kind, start, end, entities: tail.entities.map(storeEntity), sentiment, length };
  return JSON.stringify(stored);
}

/** Reads a tail. */
export function reviveTail(stored: string, context: EventContext): TailAnalyzed {
  const tail = JSON.parse(stored) as StoredTailEvent;
  const { sentiment } = tail;
  return {
    ...tail,
    entities: reviveEntities(tail.entities, context),
    sentiment: reviveSentiment(sentiment, context, () => sentiment?.text ?? ''),
  };
}

function reviveEntities(stored: readonly StoredEntity[], context: EventContext): readonly Entity<Document>[] {
  return stored.map((entity) => reviveEntity(entity, context));
}

function reviveSentiment(
  stored: StoredSentiment | null,
  { registry }: EventContext,
  text: () => string,
): SentimentResult | null {
  if (!stored) return null;
  return {
    ...stored,
    model: registry.resolve('SENTIMENT', stored.model),
    get text() {
      return text();
    },
  };
}

/**
 * Converts an event of a text that grew, once the text is complete, to one with the cursor and totals of one reading.
 */
function atEnd(event: StoredEvent, { final }: EventContext): StoredEvent {
  if (!final) return event;
  const { fingerprint, progress: total } = final;
  const cursor = encodeCursor({ ...decodeCursor(event.cursor), fingerprint });
  if (event.kind !== 'ChunkAnalyzed') return { ...event, cursor };
  const { tokensDone, chunksDone } = event.progress;
  const { chunksTotal, tokensTotal } = total;
  return {
    ...event,
    cursor,
    progress: { chunksDone, chunksTotal, tokensDone, tokensTotal, fraction: tokensDone / tokensTotal },
  };
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
  const { entityCount, abandoned } = event;
  const left = abandoned ? { abandoned } : {};
  return { kind, cursor, sequence, entityCount, entityGroups, sentiment, progress, ...left };
}

function storeEntity({ id, text, type, confidence, start, end, span, tokens, chunkIndex }: StoredEntity): StoredEntity {
  return {
    ...(id === undefined ? {} : { id }),
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

function storeSentiment(sentiment: SentimentResult): StoredSentiment {
  const { id, label, confidence, probabilities, tokenCount, tokensUsed, truncated, readable, model, timing } =
    sentiment;
  const counts = { tokenCount, tokensUsed, truncated, readable };
  return { id, label, confidence, probabilities, ...counts, model: model.id, timing };
}

/**
 * Ends an analysis that does not complete, with a last event that says why. Does nothing if it has ended. Returns the
 * analysis after that, or `undefined` if there is none.
 *
 * @param run the only run to end; any by default
 */
export async function endAnalysis(
  store: AnalysisStore,
  id: string,
  { state, code, message }: Ending,
  run?: number,
): Promise<Analysis | undefined> {
  // A worker may append a chunk between the read and the write; the ending then comes after that chunk.
  while (true) {
    const analysis = await store.find(id);
    if (!analysis || isEnded(analysis) || (run !== undefined && run !== analysis.run)) return analysis;
    const { fingerprint, lastSequence } = analysis;
    const resumeAt = analysis.cursor === null ? 0 : decodeCursor(analysis.cursor, fingerprint).resumeAt;
    const cursor = encodeCursor({ fingerprint, sequence: lastSequence, resumeAt, failed: true });
    const sequence = lastSequence + 1;
    const event = storeEvent({ kind: 'AnalysisFailed', cursor, sequence, code, message });
    await store.append(analysis, { sequence, cursor, event, state, entities: [], code, message });
  }
}

import type { Document } from '../documents/document.ts';
import { checkFilter, type Entity, keeps } from '../documents/entities.ts';
import type { EntityGroup } from '../documents/entity-groups.ts';
import { groupYielding } from '../documents/group-yielding.ts';
import { BertqlError } from '../errors.ts';
import { isTurnOver, nextTurn } from '../turns.ts';
import type { Analysis } from './analysis.ts';
import type { IndexedEntity } from './entity-index.ts';
import { contextOf, type EventReader, textOf } from './event-context.ts';
import { reviveEntity, type StoredEntity, storedEntities } from './events.ts';
import { type Page, type PageRequest, pageCursor, pageOf, pageSize, positionAfter } from './pages.ts';
import type { AnalysisStore } from './store.ts';
import { cursorExpired } from './store-errors.ts';

/** A query for entities of an analysis. */
export interface EntityQuery extends PageRequest {
  readonly types?: readonly string[] | null | undefined;
  readonly minConfidence?: number | null | undefined;
  /** Only entities that lie in this half-open range, in the unit of the analysis. */
  readonly from?: number | null | undefined;
  readonly to?: number | null | undefined;
}

/**
 * An entity with its index among all entities of the analysis, unfiltered, so that pages stay valid while the list
 * grows.
 */
interface Found {
  readonly entity: IndexedEntity;
  readonly place: number;
}

/** A page of the entities of an analysis. Only the events that have them are read. */
export async function entityPage(
  store: AnalysisStore,
  analysis: Analysis,
  query: EntityQuery,
  reader: EventReader,
): Promise<Page<Entity<Document>>> {
  const size = pageSize(query);
  const list = `entities ${analysis.id}`;
  const [after = -1] = positionAfter(list, query, 1) ?? [];
  checkRange(query);
  const wanted = await filterOf(analysis, query, reader);
  const index = await indexOf(store, analysis);
  if (isTurnOver()) await nextTurn();
  const found = index.map((entity, place): Found => ({ entity, place })).filter(({ entity }) => wanted(entity));
  const at = found.findIndex(({ place }) => place > after);
  const from = at < 0 ? found.length : at;
  const page = found.slice(from, from + size).map(({ entity }) => entity);
  const nodes = await load(store, analysis, page, reader);
  return pageOf(found, from, nodes, ({ place }) => pageCursor(list, place));
}

/**
 * A page of the groups of an analysis. Later pages group the same entities as the first, so that none is missed or
 * repeated.
 */
export async function groupPage(
  store: AnalysisStore,
  analysis: Analysis,
  query: PageRequest,
  reader: EventReader,
): Promise<Page<EntityGroup<Entity<Document>>>> {
  const size = pageSize(query);
  const list = `groups ${analysis.id}`;
  const index = await indexOf(store, analysis);
  const [grouped = index.length, last = -1] = positionAfter(list, query, 2) ?? [];
  const groups = await groupYielding(index.slice(0, grouped), undefined);
  const from = last + 1;
  const page = groups.slice(from, from + size);
  const mentions = await load(
    store,
    analysis,
    page.flatMap((group) => group.mentions),
    reader,
  );
  let next = 0;
  const nodes = page.map((group) => {
    const own = mentions.slice(next, next + group.mentions.length);
    next += own.length;
    return { ...group, mentions: own };
  });
  return pageOf(groups, from, nodes, (_group, at) => pageCursor(list, grouped, at));
}

/** The index of an analysis. Throws CURSOR_EXPIRED if it is no longer kept. */
async function indexOf(store: AnalysisStore, { id, entityCount }: Analysis): Promise<readonly IndexedEntity[]> {
  const index = await store.index(id);
  if (index.length < entityCount) throw cursorExpired(id, 0);
  return index;
}

/** Reads entities from their events, each event once. */
async function load(
  store: AnalysisStore,
  analysis: Analysis,
  indexed: readonly IndexedEntity[],
  reader: EventReader,
): Promise<readonly Entity<Document>[]> {
  if (indexed.length === 0) return [];
  const sequences = [...new Set(indexed.map(({ sequence }) => sequence))].sort((a, b) => a - b);
  const [events, source] = await Promise.all([store.events(analysis.id, sequences), store.source(analysis.id)]);
  const bySequence = new Map<number, readonly StoredEntity[]>();
  for (const [at, sequence] of sequences.entries()) bySequence.set(sequence, storedEntities(events[at] ?? ''));
  const context = contextOf(analysis, reader, textOf(analysis, reader, source?.text ?? ''));
  return indexed.map(({ sequence, ordinal }) => {
    const stored = bySequence.get(sequence)?.[ordinal];
    if (!stored) throw new Error(`Event ${sequence} of ${analysis.id} has no entity ${ordinal}.`);
    return reviveEntity(stored, context);
  });
}

function checkRange({ from, to, minConfidence }: EntityQuery): void {
  for (const [name, value] of Object.entries({ from, to })) {
    if (value != null && value < 0) {
      throw new BertqlError('BAD_ARGUMENT', `${name} must be a position in the text, 0 or more, but it is ${value}.`);
    }
  }
  if (from != null && to != null && from > to) {
    throw new BertqlError('BAD_ARGUMENT', `from must not be after to, but from is ${from} and to is ${to}.`);
  }
  if (minConfidence != null && !(minConfidence >= 0 && minConfidence <= 1)) {
    throw new BertqlError('BAD_ARGUMENT', `minConfidence must be from 0 to 1, but it is ${minConfidence}.`);
  }
}

async function filterOf(
  { options }: Analysis,
  { types, minConfidence, from, to }: EntityQuery,
  reader: EventReader,
): Promise<(entity: IndexedEntity) => boolean> {
  const filter = { types, minConfidence: minConfidence ?? 0 };
  // Only the labels of a model say which types there are.
  const model = types == null ? undefined : await reader.document('', 'UTF16').use('NER', options.model);
  if (model) checkFilter(model, filter);
  const isKept = model ? keeps(model, filter) : ({ confidence }: IndexedEntity) => confidence >= filter.minConfidence;
  return (entity) => (from == null || entity.start >= from) && (to == null || entity.end <= to) && isKept(entity);
}

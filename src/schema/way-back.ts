import { type FieldNode, type GraphQLObjectType, type GraphQLResolveInfo, getNamedType, isObjectType } from 'graphql';
import { Document } from '../documents/document.ts';
import type { Span } from '../documents/span.ts';
import { isTurnOver, nextTurn } from '../turns.ts';
import { objectSize, selectedFields } from './json-size.ts';

const ENTITY = 'Entity';
const SENTENCE = 'Sentence';

/** A part of a query that leads from entities to their sentences and back to the entities of these. */
interface WayBack {
  /** Bytes of a sentence. */
  readonly sentenceBytes: number;
  /** Bytes of each entity of the sentence. */
  readonly entityBytes: number;
  /** The ways back that each of them goes on with. */
  readonly further: readonly WayBack[];
}

/**
 * The least bytes of what a query asks for below a list of entities by ways that lead back: each of the n entities of a
 * sentence has the sentence, which has n entities. `undefined` if it asks for nothing of the kind.
 */
export function bytesOfWaysBack(value: unknown, info: GraphQLResolveInfo): Promise<number> | undefined {
  if (getNamedType(info.returnType).name !== ENTITY || !Array.isArray(value)) return undefined;
  const ways = waysBack(info.fieldNodes, info);
  return ways.length > 0 ? sumOf(value.filter(isPlaced), ways) : undefined;
}

/** What is looked at of an entity. */
interface Placed {
  readonly document: Document;
  readonly span: Span;
}

function isPlaced(value: unknown): value is Placed {
  return typeof value === 'object' && value !== null && 'document' in value && value.document instanceof Document;
}

async function sumOf(entities: readonly Placed[], ways: readonly WayBack[]): Promise<number> {
  let bytes = 0;
  for (const { document, span } of entities) {
    const sentence = await document.sentenceAt(span.start);
    const count = sentence ? (await document.entitiesIn(sentence)).length : 0;
    for (const way of ways) bytes += sizeOf(way, count);
    if (isTurnOver()) await nextTurn(document.signal);
  }
  return bytes;
}

/** @param count entities of the sentence */
function sizeOf({ sentenceBytes, entityBytes, further }: WayBack, count: number): number {
  const below = further.reduce((sum, way) => sum + sizeOf(way, count), 0);
  return sentenceBytes + count * (entityBytes + below);
}

/** By the fields of entities, since a document is run many times. */
const known = new WeakMap<readonly FieldNode[], readonly WayBack[]>();

function waysBack(entityNodes: readonly FieldNode[], info: GraphQLResolveInfo): readonly WayBack[] {
  const ways = known.get(entityNodes) ?? findWaysBack(entityNodes, info);
  known.set(entityNodes, ways);
  return ways;
}

function findWaysBack(entityNodes: readonly FieldNode[], info: GraphQLResolveInfo): readonly WayBack[] {
  const entity = info.schema.getType(ENTITY);
  const sentence = info.schema.getType(SENTENCE);
  if (!isObjectType(entity) || !isObjectType(sentence)) return [];
  return fieldsNamed('sentence', entityNodes, entity, info).flatMap((sentenceNodes) =>
    fieldsNamed('entities', sentenceNodes, sentence, info).map((nodes) => ({
      sentenceBytes: objectSize(sentenceNodes, sentence, info),
      entityBytes: objectSize(nodes, entity, info),
      further: waysBack(nodes, info),
    })),
  );
}

/** The selections of a field, by alias. What has directives may not be in the result. */
function fieldsNamed(
  name: string,
  nodes: readonly FieldNode[],
  type: GraphQLObjectType,
  info: GraphQLResolveInfo,
): readonly (readonly FieldNode[])[] {
  return [...selectedFields(nodes, type, info, true).values()].filter(([node]) => node.name.value === name);
}

import { BertqlError } from '../errors.ts';
import type { Encoding } from '../inference/encoding.ts';
import type { Model } from '../models/registry.ts';
import { type Aggregation, type LabelledToken, meanConfidence, type TokenEntity } from './aggregation.ts';
import { countWhile } from './binary-search.ts';
import type { Chunk } from './chunking.ts';
import { LabelScheme, OUTSIDE } from './label-scheme.ts';
import { nameWithin } from './name-edges.ts';
import type { OffsetEncoding } from './offsets.ts';
import { resultId } from './result-id.ts';
import type { Span } from './span.ts';
import type { TextSource } from './text-source.ts';

/** A name in a text. */
export interface Entity<D extends TextSource = TextSource> {
  readonly document: D;
  /**
   * The same for the same text, unit, model, revision, strategy, range and type, in every run and on every transport; in an
   * open text, for the same analysis instead of the same text.
   */
  readonly id: string;
  readonly text: string;
  /** Its type, as in `PER`; under the strategy NONE the model's raw label, as in `B-PER`. */
  readonly type: string;
  readonly confidence: number;
  /** Half-open range in the text, in the client's unit. */
  readonly start: number;
  readonly end: number;
  /** The same range in UTF-16 code units. */
  readonly span: Span;
  readonly tokens: readonly EntityToken[];
  /** Index of the chunk whose core holds its first token. */
  readonly chunkIndex: number;
}

/** A token of an entity with the label that the model gave it. */
export interface EntityToken {
  /** Its part of the text. */
  readonly text: string;
  /** The token itself, as in `##ing`. */
  readonly piece: string;
  readonly label: string;
  readonly confidence: number;
  readonly start: number;
  readonly end: number;
}

/** Which entities a client wants. It is applied after decoding, so that it never changes a span. */
export interface EntityFilter {
  /** Types to keep; all if missing. */
  readonly types?: readonly string[] | null | undefined;
  /** Least confidence to keep, 0 to 1. */
  readonly minConfidence: number;
}

/** What the entities of a document are made from. */
export interface EntityContext<D extends TextSource = TextSource> {
  readonly document: D;
  readonly model: Model;
  /** The model's revision. */
  readonly revision: string;
  readonly aggregation: Aggregation;
  readonly encoding: Encoding;
  readonly chunks: readonly Chunk[];
}

/**
 * Trims decoded entities to what a reader would mark as the name, and drops those that become empty. Under NONE
 * they stay as the model labelled them.
 */
export function entitiesOf<D extends TextSource>(
  context: EntityContext<D>,
  decoded: readonly TokenEntity[],
): readonly Entity<D>[] {
  if (context.aggregation === 'NONE') return decoded.map((entity) => new DecodedEntity(context, entity));
  return decoded.flatMap((entity) => {
    const name = nameWithin(context.document.text, rangeOf(context, entity));
    return name ? new DecodedEntity(context, within(context, entity, name), name) : [];
  });
}

/** Narrows an entity to its words and tokens within a range of the text; its confidence is that of the words left. */
function within({ encoding }: EntityContext, entity: TokenEntity, { start, end }: Span): TokenEntity {
  const { starts, ends } = encoding.offsets;
  const tokens = entity.tokens.filter(({ index }) => (starts[index] ?? 0) < end && (ends[index] ?? 0) > start);
  if (tokens.length === entity.tokens.length) return entity;
  const first = tokens[0]?.index ?? 0;
  const last = tokens.at(-1)?.index ?? first;
  const words = entity.words.filter((word, index) => {
    return word.first <= last && (entity.words[index + 1]?.first ?? Number.POSITIVE_INFINITY) > first;
  });
  return { type: entity.type, words, tokens, confidence: meanConfidence(words) };
}

/** An entity that was decoded from its tokens. What few clients select is computed when it is read. */
class DecodedEntity<D extends TextSource> implements Entity<D> {
  readonly text: string;
  readonly type: string;
  readonly confidence: number;
  readonly start: number;
  readonly end: number;
  readonly span: Span;
  readonly #context: EntityContext<D>;
  readonly #tokens: readonly LabelledToken[];

  constructor(
    context: EntityContext<D>,
    entity: TokenEntity,
    span = withoutWhiteSpace(context, rangeOf(context, entity)),
  ) {
    const { document } = context;
    this.#context = context;
    this.#tokens = entity.tokens;
    this.type = entity.type;
    this.confidence = entity.confidence;
    this.span = span;
    this.text = document.text.slice(span.start, span.end);
    this.start = document.position(span.start);
    this.end = document.position(span.end);
  }

  get document(): D {
    return this.#context.document;
  }

  get id(): string {
    const { document, model, revision, aggregation } = this.#context;
    const { hash, offsetEncoding } = document;
    return entityId({ hash, offsetEncoding, model: model.id, revision, aggregation }, this);
  }

  get tokens(): readonly EntityToken[] {
    const { document, model, encoding } = this.#context;
    const { starts, ends } = encoding.offsets;
    return this.#tokens.map(({ index, label, confidence }) => {
      // An unknown word is one token, including emoji attached to it.
      const start = Math.max(this.span.start, starts[index] ?? 0);
      const end = Math.max(start, Math.min(this.span.end, ends[index] ?? 0));
      return {
        text: document.text.slice(start, end),
        piece: model.tokenizer.tokenOf(encoding.ids[index] ?? -1),
        label,
        confidence,
        start: document.position(start),
        end: document.position(end),
      };
    });
  }

  get chunkIndex(): number {
    return chunkAt(this.#context.chunks, this.#tokens[0]?.index ?? 0);
  }
}

/** The range of the text from an entity's first token to its last. */
function rangeOf({ encoding }: EntityContext, { tokens }: TokenEntity): Span {
  const { starts, ends } = encoding.offsets;
  return { start: starts[tokens[0]?.index ?? 0] ?? 0, end: ends[tokens.at(-1)?.index ?? 0] ?? 0 };
}

/**
 * Some tokenizers make tokens of white space; an entity should not begin or end with one, unless it has nothing else.
 */
function withoutWhiteSpace({ document }: EntityContext, { start, end }: Span): Span {
  const stretch = document.text.slice(start, end);
  if (stretch.trim() === '') return { start, end };
  return { start: end - stretch.trimStart().length, end: start + stretch.trimEnd().length };
}

/** What the id of an entity depends on besides its range and type. */
export interface EntityOrigin {
  /** Hash of the text. */
  readonly hash: string;
  readonly offsetEncoding: OffsetEncoding;
  /** Id of the model. */
  readonly model: string;
  /** The model's revision. */
  readonly revision: string;
  readonly aggregation: Aggregation;
}

/** The id of an entity: the same for the same text, unit, model, revision, strategy, range and type. */
export function entityId(
  { hash, offsetEncoding, model, revision, aggregation }: EntityOrigin,
  { span, type }: Pick<Entity, 'span' | 'type'>,
): string {
  return resultId('Entity', [hash, offsetEncoding, model, revision, aggregation, span.start, span.end, type]);
}

/** Checks a filter against a model. Throws BAD_ARGUMENT. */
export function checkFilter(model: Model, { types, minConfidence }: EntityFilter): void {
  if (!(minConfidence >= 0 && minConfidence <= 1)) {
    throw new BertqlError('BAD_ARGUMENT', `minConfidence must be from 0 to 1, but it is ${minConfidence}.`);
  }
  const choices = LabelScheme.of(model.labels).types;
  const unknown = types?.find((type) => type === OUTSIDE || !(choices.includes(type) || model.labels.includes(type)));
  if (unknown !== undefined) {
    throw new BertqlError('BAD_ARGUMENT', `types: "${model.id}" knows ${choices.join(', ')}, but not "${unknown}".`);
  }
}

/** Makes the test of whether a filter keeps an entity. Both `B-PER` and `PER` keep the raw label `B-PER`. */
export function keeps(
  model: Model,
  { types, minConfidence }: EntityFilter,
): (entity: Pick<Entity, 'type' | 'confidence'>) => boolean {
  const wanted = types == null ? undefined : new Set(types);
  const scheme = LabelScheme.of(model.labels);
  return ({ type, confidence }) =>
    confidence >= minConfidence && (!wanted || wanted.has(type) || wanted.has(scheme.meaning(type).type));
}

/** The index of the chunk whose core holds a token. */
export function chunkAt(chunks: readonly Chunk[], token: number): number {
  return Math.max(0, countWhile(chunks.length, (index) => (chunks[index]?.core.start ?? 0) <= token) - 1);
}

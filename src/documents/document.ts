import { asBertqlError } from '../errors.ts';
import type { Encoding } from '../inference/encoding.ts';
import type { Loaders } from '../inference/loaders.ts';
import type { ModelTask } from '../models/catalogue.ts';
import type { Model, ModelRegistry } from '../models/registry.ts';
import { isTurnOver, nextTurn } from '../turns.ts';
import { type Aggregation, EntityDecoder } from './aggregation.ts';
import { type ChunkPlan, type ChunkPlanOptions, planDocument } from './chunk-plan.ts';
import type { Chunk } from './chunking.ts';
import { firstSentenceFrom, type Place, type Sentence, sentenceAt, sentencesOf } from './document-sentences.ts';
import { checkFilter, type Entity, type EntityContext, type EntityFilter, entitiesOf, keeps } from './entities.ts';
import type { EntityGroup } from './entity-groups.ts';
import { groupYielding } from './group-yielding.ts';
import { type LabelledChunk, labelChunk } from './labelling.ts';
import { type Embedding, type EmbeddingUse, embed } from './meaning.ts';
import { type OffsetEncoding, type PositionConverter, positionConverter } from './offsets.ts';
import { Once } from './once.ts';
import { mapInOrder, prefetchInOrder } from './ordered-prefetch.ts';
import { checkFirst, PassageIndex, type ScoredSpan } from './passages.ts';
import { resultId, textHash } from './result-id.ts';
import { type LongText, poolSentiments, type SentimentResult, sentimentKey } from './sentiment.ts';
import type { Span } from './span.ts';
import { checkText } from './text.ts';
import { type Tokenization, type TokenizationOptions, tokenize } from './tokenization.ts';
import { type Occurrence, occurrencesIn, type WordPattern } from './word-senses.ts';
import { collectYielding } from './yielding.ts';

/** How documents are read; the same for all documents of a server. */
export interface DocumentOptions extends ChunkPlanOptions {
  /** The most windows of one document in flight at a time. */
  readonly windowsInFlight: number;
  /** In UTF-16 code units. */
  readonly maxTextLength: number;
}

/** Which entities to return, and how to aggregate them. */
export interface EntityOptions extends EntityFilter {
  readonly model?: string | null | undefined;
  readonly aggregation: Aggregation;
}

/** How many tokens a document has and how it is read. */
export interface Coverage {
  readonly tokenCount: number;
  readonly chunkCount: number;
  readonly chunkTokens: number;
  readonly overlapTokens: number;
}

/** A passage of a document that was compared with a query. */
export interface Passage extends ScoredSpan {
  readonly document: Document;
  readonly text: string;
  /** Half-open range in the text, in the client's unit. */
  readonly start: number;
  readonly end: number;
}

/** The plan by which a NER model reads a document. */
export interface Reading extends EntityContext<Document> {
  /**
   * Labels the chunks from an index on, in order. Only a few windows are computed ahead of the reader, and none is
   * started while it does not read: a slow reader only slows down its own document.
   */
  label(from?: number, to?: number): AsyncGenerator<LabelledChunk, void, void>;
  /** Labels all chunks. */
  labelAll(): Promise<readonly LabelledChunk[]>;
  decoder(from?: number): EntityDecoder;
}

/** The place of a document that is the end of a longer text, which may still grow. */
export interface Stretch extends Place {
  /** The base of the document's ids, instead of a hash of its text. */
  readonly hash: string;
  /** The document of the whole text. */
  readonly whole: () => Document;
}

/**
 * A text in one operation. Everything is computed on first use and kept, so that fields of the same document share
 * their work.
 */
export class Document {
  readonly text: string;
  readonly offsetEncoding: OffsetEncoding;
  /** Converts UTF-16 positions to the client's unit. */
  readonly position: PositionConverter;
  readonly #loaders: Loaders;
  readonly #registry: ModelRegistry;
  readonly #options: DocumentOptions;
  readonly #stretch: Stretch | undefined;
  readonly #labelled = new Once<Model, Promise<readonly LabelledChunk[]>>();
  readonly #entities = new Once<string, Promise<readonly Entity<Document>[]>>();
  readonly #plans = new Once<Model, Promise<ChunkPlan>>();
  readonly #embeddings = new Once<string, Promise<Embedding>>();
  readonly #passages = new Once<Model, Promise<PassageIndex>>();
  #sentences: Promise<readonly Sentence<Document>[]> | undefined;
  #bySentence: Promise<ReadonlyMap<number, readonly Entity<Document>[]>> | undefined;
  #hash: string | undefined;

  /**
   * Throws TEXT_TOO_LONG or INVALID_TEXT.
   *
   * @param stretch the place of the text, if it is the end of a longer one; sentences then have their places in that
   *   one
   */
  constructor(
    text: string,
    offsetEncoding: OffsetEncoding,
    loaders: Loaders,
    registry: ModelRegistry,
    options: DocumentOptions,
    stretch?: Stretch,
  ) {
    checkText(text, options.maxTextLength);
    this.text = text;
    this.offsetEncoding = offsetEncoding;
    this.position = positionConverter(text, offsetEncoding);
    this.#loaders = loaders;
    this.#registry = registry;
    this.#options = options;
    this.#stretch = stretch;
  }

  /** The signal of the operation, which stops all work on the document. */
  get signal(): AbortSignal | undefined {
    return this.#loaders.signal;
  }

  /** The base of ids: the hash of the text, or that of its stretch. */
  get hash(): string {
    this.#hash ??= this.#stretch?.hash ?? textHash(this.text);
    return this.#hash;
  }

  /** The same for the same text and unit of positions. */
  get id(): string {
    return resultId('Document', [this.hash, this.offsetEncoding]);
  }

  /** The settings that decide how the document is cut into chunks. */
  get chunking(): readonly [chunkTokens: number, overlapTokens: number] {
    return [this.#options.chunkTokens, this.#options.overlapTokens];
  }

  /** Its sentences, without those that show nothing, such as a paragraph of one zero-width space. */
  sentences(): Promise<readonly Sentence<Document>[]> {
    this.#sentences ??= collectYielding(sentencesOf(this, this.#stretch), this.#loaders.signal);
    return this.#sentences;
  }

  async tokens(model: string | null | undefined, options: TokenizationOptions): Promise<Tokenization> {
    const resolved = await this.use('TOKENIZATION', model);
    return tokenize(this.#loaders, resolved, this, options);
  }

  /**
   * The model for a task, with its files opened and leased by this operation. Throws UNKNOWN_MODEL, MODEL_UNAVAILABLE.
   */
  async use(task: ModelTask, id: string | null | undefined): Promise<Model> {
    const model = this.#registry.resolve(task, id);
    await this.#loaders.use(model, task !== 'TOKENIZATION');
    return model;
  }

  sentiment(model: string | null | undefined, longText: LongText): Promise<SentimentResult> {
    return this.sentimentOf(this.text, model, longText);
  }

  /** The sentiment of a part of the document, read by itself. */
  async sentimentOf(text: string, model: string | null | undefined, longText: LongText): Promise<SentimentResult> {
    const resolved = await this.use('SENTIMENT', model);
    const { chunkTokens: windowTokens, windowsInFlight } = this.#options;
    return this.#loaders.sentiments.load(sentimentKey(resolved, text, longText, { windowTokens, windowsInFlight }));
  }

  /** The sentiment of a part of the document, or `null` if it has nothing to read. */
  async sentimentIfAny(text: string, model?: string): Promise<SentimentResult | null> {
    try {
      return await this.sentimentOf(text, model, 'WINDOWS');
    } catch (error) {
      if (asBertqlError(error)?.code === 'EMPTY_TEXT') return null;
      throw error;
    }
  }

  /** The vector of the document. Rejects with EMPTY_TEXT if there is nothing to read. */
  embedding(model: string | null | undefined, use?: EmbeddingUse): Promise<Embedding> {
    return this.embeddingOf(this.text, model, use);
  }

  /** The vector of a part of the document, read by itself. All fields share it. */
  async embeddingOf(text: string, model: string | null | undefined, use: EmbeddingUse = 'PASSAGE'): Promise<Embedding> {
    const resolved = await this.use('EMBEDDING', model);
    const key = `${resolved.id}\n${use}\n${text}`;
    const { windowsInFlight } = this.#options;
    return this.#embeddings.get(key, () => embed(this.#loaders, resolved, text, windowsInFlight, use));
  }

  /** The occurrences of a word, with their vectors in context. */
  async occurrences(word: WordPattern, model: string | null | undefined): Promise<readonly Occurrence[]> {
    return occurrencesIn(this.#loaders, await this.use('EMBEDDING', model), this.text, word);
  }

  /**
   * The passages that are most similar to a query, best first; none if the document has nothing to read. Rejects with
   * BAD_ARGUMENT, or EMPTY_TEXT if the query has nothing to read.
   */
  async search(query: string, first: number, model: string | null | undefined): Promise<readonly Passage[]> {
    checkFirst(first);
    const resolved = await this.use('EMBEDDING', model);
    const [{ vector }, index] = await Promise.all([
      this.embeddingOf(query, model, 'QUERY'),
      this.#passages.get(resolved, () =>
        PassageIndex.open(this.#loaders, resolved, this, this.#options.windowsInFlight),
      ),
    ]);
    const found = await index.search(vector, first, this.signal);
    return found.map(({ span, score }) => ({
      document: this,
      span,
      score,
      text: this.text.slice(span.start, span.end),
      start: this.position(span.start),
      end: this.position(span.end),
    }));
  }

  /** The sentences that begin in a range of the document. */
  async sentencesIn({ start, end }: Span): Promise<readonly Sentence<Document>[]> {
    const sentences = await this.sentences();
    return sentences.slice(firstSentenceFrom(sentences, start), firstSentenceFrom(sentences, end));
  }

  /** The sentiment of several sentences together, pooled like the windows of a long text. */
  async sentimentOfSentences(
    sentences: readonly Sentence<Document>[],
    model: string | null | undefined,
  ): Promise<SentimentResult> {
    const results = await Promise.all(sentences.map(({ text }) => this.sentimentOf(text, model, 'WINDOWS')));
    return poolSentiments(results);
  }

  /** The entities of the document, in the order of the text. */
  async entities(options: EntityOptions): Promise<readonly Entity<Document>[]> {
    const model = await this.use('NER', options.model);
    checkFilter(model, options);
    const key = `${model.id}\n${options.aggregation}`;
    const entities = await this.#entities.get(key, () => this.#decode(model, options.aggregation));
    return entities.filter(keeps(model, options));
  }

  /** The entities that begin in a sentence, by the default model and strategy. */
  async entitiesIn(sentence: Sentence): Promise<readonly Entity<Document>[]> {
    // The text before a stretch influences its entities.
    if (this.#stretch && this.#stretch.unit > 0) return this.#stretch.whole().entitiesIn(sentence);
    // Once for all sentences: searching all entities for each sentence would take forever on a long text.
    this.#bySentence ??= this.#groupBySentence();
    return (await this.#bySentence).get(sentence.index) ?? [];
  }

  async entityGroups(options: EntityOptions): Promise<readonly EntityGroup<Entity<Document>>[]> {
    return groupYielding(await this.entities(options), this.signal);
  }

  async coverage(model: string | null | undefined): Promise<Coverage> {
    const resolved = await this.use('NER', model);
    const { encoding, chunks } = await this.#plan(resolved);
    return {
      tokenCount: encoding.ids.length,
      chunkCount: chunks.length,
      chunkTokens: this.#options.chunkTokens,
      overlapTokens: this.#options.overlapTokens,
    };
  }

  /** The sentence that holds a position (UTF-16). */
  async sentenceAt(position: number): Promise<Sentence<Document> | undefined> {
    const { unit = 0, scanner, whole } = this.#stretch ?? {};
    if (whole && scanner && position < unit + scanner.start) return whole().sentenceAt(position);
    return sentenceAt(await this.sentences(), position);
  }

  /**
   * Plans how a NER model reads the document.
   *
   * @param fromStart whether it will be read from its first chunk on, which then begins before the others are planned
   */
  async read(model: Model, aggregation: Aggregation, fromStart = true): Promise<Reading> {
    let begun: Promise<LabelledChunk> | undefined;
    const { encoding, chunks, borders } = await this.#plan(model, (first, tokens) => {
      if (!fromStart) return;
      begun = labelChunk(this.#loaders, model, tokens, first);
      // Nobody asks for it if the operation ends before.
      begun.catch(() => undefined);
    });
    const revision = await model.revision();
    const { windowsInFlight } = this.#options;
    const label = (chunk: Chunk) =>
      (chunk.index === 0 ? begun : undefined) ?? labelChunk(this.#loaders, model, encoding, chunk);
    return {
      document: this,
      model,
      revision,
      aggregation,
      encoding,
      chunks,
      label: (from = 0, to = chunks.length) => prefetchInOrder(chunks.slice(from, to), windowsInFlight, label),
      labelAll: () => mapInOrder(chunks, windowsInFlight, label),
      decoder: (from = 0) =>
        new EntityDecoder(model.labels, aggregation, (token) => borders.continues(token), from, borders),
    };
  }

  async #decode(model: Model, aggregation: Aggregation): Promise<readonly Entity<Document>[]> {
    const reading = await this.read(model, aggregation);
    // The labels do not depend on the strategy, so they are computed once per model.
    const labelled = await this.#labelled.get(model, reading.labelAll);
    const entities = await collectYielding(decode(reading, labelled), this.signal);
    return entities.flat();
  }

  async #groupBySentence(): Promise<ReadonlyMap<number, readonly Entity<Document>[]>> {
    const bySentence = new Map<number, Entity<Document>[]>();
    const sentences = await this.sentences();
    for (const entity of await this.entities({ aggregation: 'FIRST', minConfidence: 0 })) {
      const sentence = sentenceAt(sentences, entity.span.start);
      if (!sentence) continue;
      const entities = bySentence.get(sentence.index);
      if (entities) entities.push(entity);
      else bySentence.set(sentence.index, [entity]);
      if (isTurnOver()) await nextTurn(this.signal);
    }
    return bySentence;
  }

  #plan(model: Model, onFirst?: (chunk: Chunk, encoding: Encoding) => void): Promise<ChunkPlan> {
    return this.#plans.get(model, () => planDocument(this.#loaders, model, this.text, this.#options, onFirst));
  }
}

/** The entities of each chunk that are settled after it, and at last those that touch the end of the document. */
function* decode(
  reading: Reading,
  labelled: readonly LabelledChunk[],
): Generator<readonly Entity<Document>[], void, void> {
  const decoder = reading.decoder();
  for (const { probabilities } of labelled) yield entitiesOf(reading, decoder.push(probabilities));
  yield entitiesOf(reading, decoder.finish());
}

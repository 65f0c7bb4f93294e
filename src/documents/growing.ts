import type { Encoding } from '../inference/encoding.ts';
import type { Loaders } from '../inference/loaders.ts';
import type { Timing } from '../inference/timing.ts';
import type { ModelOutput } from '../inference/work.ts';
import type { Model, ModelRegistry } from '../models/registry.ts';
import { isTurnOver, nextTurn } from '../turns.ts';
import { type Aggregation, type DecoderState, EntityDecoder, type TokenEntity } from './aggregation.ts';
import type { ChunkRange, Progress } from './analysis.ts';
import { countWhile } from './binary-search.ts';
import { type Chunk, packCores, sentenceEnds, withContext } from './chunking.ts';
import { Document, type DocumentOptions } from './document.ts';
import { type Entity, type EntityFilter, entitiesOf, keeps } from './entities.ts';
import { NameBorders } from './name-borders.ts';
import { type OffsetEncoding, positionConverter } from './offsets.ts';
import { prefetchInOrder } from './ordered-prefetch.ts';
import { type SafeCuts, safeCutsOf } from './safe-cuts.ts';
import {
  movedState,
  neededFrom,
  SENTENCE_LOOKAHEAD,
  SENTENCE_LOOKBEHIND,
  SentenceScanner,
  type SentenceState,
} from './sentences.ts';
import type { SentimentResult } from './sentiment.ts';
import type { Span } from './span.ts';
import { withoutHalf } from './surrogates.ts';
import { withLineEnds } from './text.ts';

/**
 * UTF-16 code units of a text that are taken in at a time, so that a long one is settled, and forgotten, step by step.
 */
const STEP = 16_384;
/** Tokens that are kept before the open end, for rules that look back. */
const TOKENS_BEFORE = 16;
/**
 * A word before the tokens of a text that begins within another one, for tokenizers that treat a text's begin as
 * special.
 */
const CONTEXT = 'a';

/** How an open text is read. */
export interface GrowingOptions extends EntityFilter {
  readonly model: Model;
  /** Scores each chunk and the tail; missing if no sentiment is requested. */
  readonly sentiment: Model | undefined;
  readonly aggregation: Aggregation;
  readonly offsetEncoding: OffsetEncoding;
}

/** What one step of reading needs. */
export interface GrowingTools {
  readonly loaders: Loaders;
  readonly registry: ModelRegistry;
  readonly documents: DocumentOptions;
}

/** An entity of an open text. It has no id: readers derive it from the id of the analysis. */
export type GrownEntity = Omit<Entity, 'document' | 'id'>;

/** A chunk whose entities no further text can change. */
export interface SettledChunk {
  readonly chunk: ChunkRange;
  readonly entities: readonly GrownEntity[];
  readonly sentiment: SentimentResult | null;
  readonly progress: Progress;
  readonly timing: Timing;
  /** The first token whose entity is not settled yet. */
  readonly resumeAt: number;
}

/** The unsettled end of the text, read as if the text ended here. */
export interface OpenEnd {
  /** Half-open range in the text, in the client's unit. */
  readonly start: number;
  readonly end: number;
  readonly entities: readonly GrownEntity[];
  readonly sentiment: SentimentResult | null;
}

/**
 * The state of a reader after a settled chunk: all that another reader needs to continue, besides the text from
 * `textFrom` on. Positions are in UTF-16 code units and tokens of the whole text.
 */
export interface Checkpoint {
  /** Start of the text that is still needed. */
  readonly textFrom: number;
  /** Start of the tokens that are still needed: in UTF-16 code units, in the client's unit, and in tokens. */
  readonly unit: number;
  readonly position: number;
  readonly token: number;
  /** Number of settled chunks, and the token after the last one. */
  readonly chunks: number;
  readonly coreStart: number;
  /** Missing while nothing is settled. */
  readonly sentence: SentenceState | undefined;
  readonly decoder: DecoderState;
  /** Settled chunks in which an unsettled entity may begin. */
  readonly cores: readonly { readonly index: number; readonly core: Span }[];
}

const BEGIN: Checkpoint = {
  textFrom: 0,
  unit: 0,
  position: 0,
  token: 0,
  chunks: 0,
  coreStart: 0,
  sentence: undefined,
  decoder: { next: 0, unit: undefined, group: undefined },
  cores: [],
};

/**
 * Reads a text while it grows. Chunks are settled as soon as no further text can change them, exactly as one reading of
 * the whole text would plan, label and decode them. The text after them is read again each time; that cost does not
 * depend on the length of the text.
 *
 * A chunk is settled when it is certain that the text does not fit one window, where the chunk's last sentence ends (or
 * that the sentence is too long for the chunk), and which words of context follow. The last word, the last sentence and
 * a full stop at the end (is it that of "U.S."?) are not certain.
 */
export class GrowingText {
  readonly #options: GrowingOptions;
  readonly #cuts: SafeCuts;
  #state: Checkpoint;
  /** The text from `textFrom` on, as far as it was read. */
  #text: string;
  /** Text that was pushed but not read yet. */
  #pending = '';
  /** Results of the windows of the open end, by their tokens: most stay the same from step to step. */
  #scores = new Map<string, ModelOutput>();

  /** @param text the text from `textFrom` of the checkpoint on */
  constructor(options: GrowingOptions, checkpoint: Checkpoint = BEGIN, text = '') {
    this.#options = options;
    this.#cuts = safeCutsOf(options.model.tokenizer);
    this.#state = checkpoint;
    this.#text = '';
    this.#pending = text;
  }

  /** The current state, to be stored after each settled chunk. */
  get checkpoint(): Checkpoint {
    return this.#state;
  }

  /** UTF-16 code units of the text so far. */
  get length(): number {
    return this.#state.textFrom + this.#text.length + this.#pending.length;
  }

  push(text: string): void {
    this.#pending += text;
  }

  /**
   * Settles all chunks that can be, in order.
   *
   * @param complete whether no more text will come, so that everything is settled
   */
  async *settle(tools: GrowingTools, complete: boolean): AsyncGenerator<SettledChunk, void, void> {
    do {
      // Not within a surrogate pair.
      const step = withoutHalf(this.#pending.slice(0, STEP)) || this.#pending;
      this.#text += step;
      this.#pending = this.#pending.slice(step.length);
      const isLast = this.#pending === '';
      yield* this.#settleStep(tools, complete && isLast);
    } while (this.#pending !== '');
  }

  async *#settleStep(tools: GrowingTools, complete: boolean): AsyncGenerator<SettledChunk, void, void> {
    const view = await this.#look(tools);
    const chunks = complete ? this.#plan(view, tools) : this.#certain(view, tools);
    const decoder = this.#decoder(view);
    const last = chunks.at(-1);
    for await (const { chunk, rows, output } of this.#label(view, chunks, tools)) {
      const settled = [...decoder.push(rows)];
      if (complete && chunk === last) settled.push(...decoder.finish());
      const range = rangeOf(view, chunk);
      const { start, end } = range.span;
      const cores = [...this.#state.cores, { index: chunk.index, core: shifted(chunk.core, view.token) }];
      const result: SettledChunk = {
        chunk: range,
        entities: this.#entities(view, settled, cores),
        sentiment: await this.#sentimentOf(view, start - view.unit, end - view.unit),
        progress: progressOf(view, chunk, chunks),
        timing: timingOf(view, output),
        resumeAt: decoder.resumeAt,
      };
      this.#advance(view, chunk, cores, decoder);
      yield result;
    }
  }

  /** Reads the unsettled end. Call it after {@link settle}. */
  async openEnd(tools: GrowingTools): Promise<OpenEnd> {
    const view = await this.#look(tools);
    const chunks = this.#plan(view, tools);
    const decoder = this.#decoder(view);
    const first = view.encoding.offsets.starts[decoder.resumeAt - view.token] ?? view.text.length;
    const known = this.#scores;
    this.#scores = new Map();
    const cores = [...this.#state.cores];
    const decoded: TokenEntity[] = [];
    for await (const { chunk, rows } of this.#label(view, chunks, tools, known)) {
      cores.push({ index: chunk.index, core: shifted(chunk.core, view.token) });
      decoded.push(...decoder.push(rows));
    }
    decoded.push(...decoder.finish());
    return {
      start: view.position + view.document.position(first),
      end: view.position + view.document.position(view.text.length),
      entities: this.#entities(view, decoded, cores),
      sentiment: await this.#sentimentOf(view, first, view.text.length),
    };
  }

  /** Finds the tokens and sentences of the open end, and which of them are certain. */
  async #look({ loaders, registry, documents }: GrowingTools): Promise<View> {
    const { textFrom, unit, position, token, sentence } = this.#state;
    const { tokenizer } = this.#options.model;
    const whole = withoutHalf(this.#text);
    const before = unit - textFrom;
    const text = whole.slice(before);
    const encoding = await this.#encode(loaders, text);
    const cut = this.#cuts.before(text, text.length);
    const scan = await scanSentences(whole, sentence && movedState(sentence, -textFrom), loaders);
    const sentences = scan.sentences.map((span) => shifted(span, -before));
    const options = this.#options;
    return {
      text,
      unit,
      position,
      token,
      encoding,
      document: new Document(text, options.offsetEncoding, loaders, registry, {
        ...documents,
        // The limit applies to the whole text, and was checked when it was appended.
        maxTextLength: Number.POSITIVE_INFINITY,
      }),
      borders: new NameBorders(text, encoding, sentences),
      sentences,
      certainSentences: scan.certain,
      undecided: scan.undecided - before,
      certainTokens: countUntil(encoding.offsets.ends, cut),
      places: scan.places.map(({ state, next, sentences: ended }) => {
        return { state: movedState(state, textFrom), next: next + textFrom, ended };
      }),
      special: tokenizer.prefix.length + tokenizer.suffix.length,
      overlapTokens: documents.overlapTokens,
    };
  }

  /** The tokens of a part of the text, as they are in the whole. */
  async #encode(loaders: Loaders, text: string): Promise<Encoding> {
    const { tokenizer } = this.#options.model;
    const read = withLineEnds(text);
    if (tokenizer.bert || this.#state.unit === 0) return loaders.encodings.load({ tokenizer, text: read });
    const encoding = await loaders.encodings.load({ tokenizer, text: CONTEXT + read });
    const skipped = countUntil(encoding.offsets.ends, CONTEXT.length);
    const moved = (positions: Int32Array) => positions.subarray(skipped).map((each) => each - CONTEXT.length);
    return {
      ...encoding,
      ids: encoding.ids.subarray(skipped),
      offsets: { starts: moved(encoding.offsets.starts), ends: moved(encoding.offsets.ends) },
      continues: (index) => encoding.continues(index + skipped),
    };
  }

  /** The chunks that are certain, whatever text follows. */
  #certain(view: View, tools: GrowingTools): readonly Chunk[] {
    const { windowTokens, coreTokens, overlapTokens } = this.#sizes(view, tools);
    const { encoding, certainTokens, undecided, token } = view;
    if (this.#state.chunks === 0 && certainTokens <= windowTokens) return [];
    const starts = encoding.offsets.starts.subarray(0, certainTokens);
    const ids = encoding.ids.subarray(0, certainTokens);
    const known = { ids, offsets: { starts }, continues: (index: number) => encoding.continues(index) };
    const from = this.#state.coreStart - token;
    const ends: number[] = [];
    for (const end of sentenceEnds(known, view.sentences.slice(0, view.certainSentences), from)) {
      if (end < certainTokens) ends.push(end);
    }
    // The sentence after them has at least these tokens.
    const within = countBefore(starts, undecided);
    if (within > (ends.at(-1) ?? from)) ends.push(within);
    const cores = [...packCores(known, ends, coreTokens, from)].slice(0, -1);
    const chunks: Chunk[] = [];
    for (const core of cores) {
      if (core.end + overlapTokens >= certainTokens) break;
      chunks.push(this.#chunk(view, core, chunks.length, overlapTokens));
    }
    return chunks;
  }

  /** The chunks of the open end, if the text ends here. */
  #plan(view: View, tools: GrowingTools): readonly Chunk[] {
    const { windowTokens, coreTokens, overlapTokens } = this.#sizes(view, tools);
    const { encoding, token } = view;
    const tokens = encoding.ids.length;
    if (this.#state.chunks === 0 && tokens <= windowTokens) {
      const all = { start: 0, end: tokens };
      return tokens > 0 ? [{ index: 0, core: all, window: all }] : [];
    }
    const from = this.#state.coreStart - token;
    const ends = sentenceEnds(encoding, view.sentences, from);
    return [...packCores(encoding, ends, coreTokens, from)].map((core, index) =>
      this.#chunk(view, core, index, overlapTokens),
    );
  }

  #chunk({ encoding }: View, core: Span, index: number, overlapTokens: number): Chunk {
    return { index: this.#state.chunks + index, core, window: withContext(encoding, core, overlapTokens) };
  }

  #sizes({ special }: View, { documents: { chunkTokens, overlapTokens } }: GrowingTools) {
    const windowTokens = Math.min(chunkTokens, this.#options.model.maxTokens) - special;
    return { windowTokens, overlapTokens, coreTokens: Math.max(1, windowTokens - 2 * overlapTokens) };
  }

  #label(view: View, chunks: readonly Chunk[], { loaders, documents }: GrowingTools, known = this.#scores) {
    const { model } = this.#options;
    const width = model.labels.length;
    return prefetchInOrder(chunks, documents.windowsInFlight, async (chunk) => {
      const ids = view.encoding.ids.subarray(chunk.window.start, chunk.window.end);
      const key = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength).toString('latin1');
      const output = known.get(key) ?? whole(await loaders.scores.load({ model, ids }));
      if (known !== this.#scores) this.#scores.set(key, output);
      const first = model.tokenizer.prefix.length + chunk.core.start - chunk.window.start;
      const last = first + chunk.core.end - chunk.core.start;
      return { chunk, output, rows: output.values.subarray(first * width, last * width) };
    });
  }

  #decoder({ borders, token }: View): EntityDecoder {
    const { model, aggregation } = this.#options;
    const limits = {
      isBefore: (index: number) => borders.isBefore(index - token),
      isAddress: (index: number) => borders.isAddress(index - token),
    };
    const continues = (index: number) => borders.continues(index - token);
    return new EntityDecoder(model.labels, aggregation, continues, this.#state.decoder, limits);
  }

  #entities(view: View, decoded: readonly TokenEntity[], cores: Checkpoint['cores']): readonly GrownEntity[] {
    const { model, aggregation } = this.#options;
    const { token, position, unit, document, encoding } = view;
    const chunks = cores.map(({ index, core }) => ({ index, core: shifted(core, -token), window: core }));
    const local = decoded.map((entity) => ({
      ...entity,
      words: entity.words.map((word) => ({ ...word, first: word.first - token })),
      tokens: entity.tokens.map((each) => ({ ...each, index: each.index - token })),
    }));
    // Ids, and the revision in them, need the whole text.
    return entitiesOf({ document, model, revision: '', aggregation, encoding, chunks }, local)
      .filter(keeps(model, this.#options))
      .map(({ text, type, confidence, start, end, span, tokens, chunkIndex }) => ({
        text,
        type,
        confidence,
        start: start + position,
        end: end + position,
        span: shifted(span, unit),
        tokens: tokens.map((each) => ({ ...each, start: each.start + position, end: each.end + position })),
        chunkIndex: chunks[chunkIndex]?.index ?? 0,
      }));
  }

  async #sentimentOf(view: View, start: number, end: number): Promise<SentimentResult | null> {
    const { sentiment } = this.#options;
    return sentiment ? view.document.sentimentIfAny(view.text.slice(start, end), sentiment.id) : null;
  }

  /** Advances past a settled chunk, and drops what is no longer needed. */
  #advance(view: View, { core, index }: Chunk, cores: Checkpoint['cores'], decoder: EntityDecoder): void {
    const { starts, ends } = view.encoding.offsets;
    const coreEnd = starts[core.end] ?? view.text.length;
    const sentence = sentenceAfter(view, core.end, view.unit + coreEnd);
    const firstToken = Math.min(core.end - view.overlapTokens, decoder.resumeAt - view.token) - TOKENS_BEFORE;
    const lookedAt = Math.min(starts[Math.max(0, firstToken)] ?? 0, Math.max(0, coreEnd - SENTENCE_LOOKBEHIND));
    const cut = this.#cuts.before(view.text, lookedAt);
    const unit = view.unit + cut;
    const { textFrom } = this.#state;
    const keptFrom = Math.max(textFrom, Math.min(unit, neededFrom(sentence)));
    this.#text = this.#text.slice(keptFrom - textFrom);
    this.#state = {
      textFrom: keptFrom,
      unit,
      position: view.position + positionConverter(view.text.slice(0, cut), this.#options.offsetEncoding)(cut),
      token: view.token + countUntil(ends, cut),
      chunks: index + 1,
      coreStart: view.token + core.end,
      sentence,
      decoder: decoder.state,
      cores: cores.filter((each) => each.core.end > decoder.resumeAt),
    };
  }
}

/** The open end of a text at one moment. Positions and tokens are relative to its start, except in places. */
interface View {
  readonly text: string;
  readonly unit: number;
  readonly position: number;
  readonly token: number;
  readonly encoding: Encoding;
  readonly document: Document;
  readonly borders: NameBorders;
  readonly sentences: readonly Span[];
  /** Number of sentences whose end is certain. */
  readonly certainSentences: number;
  /** Sentence ends before this position are certain. */
  readonly undecided: number;
  readonly certainTokens: number;
  readonly places: readonly Place[];
  /** Special tokens around a window. */
  readonly special: number;
  readonly overlapTokens: number;
}

/** A certain state between two steps of the sentence scanner, in positions of the whole text. */
interface Place {
  readonly state: SentenceState;
  /** The position of the next candidate for a sentence's end. */
  readonly next: number;
  /** Number of sentences that ended before it. */
  readonly ended: number;
}

/** @param owner for whom turns of the event loop are taken, since a part may be as long as a text */
async function scanSentences(text: string, state: SentenceState | undefined, owner: Loaders) {
  const scanner = new SentenceScanner(text, state);
  const sentences: Span[] = [];
  const places = [{ state: scanner.state, next: scanner.next, sentences: 0 }];
  let certain = 0;
  let undecided: number | undefined;
  let next = scanner.next;
  for (const sentence of scanner.steps()) {
    if (isTurnOver()) await nextTurn(owner);
    if (sentence) sentences.push(sentence);
    if (undecided === undefined) {
      const after = scanner.state;
      if (after.from + SENTENCE_LOOKAHEAD > text.length) {
        undecided = next;
      } else {
        certain = sentences.length;
        places.push({ state: after, next: scanner.next, sentences: certain });
      }
    }
    next = scanner.next;
  }
  const last = scanner.last();
  if (last) sentences.push(last);
  return { sentences, certain, places, undecided: undecided ?? text.length };
}

/** The state of a scanner that finds the sentences that end after a token, and none before. */
function sentenceAfter({ places, sentences, encoding }: View, token: number, position: number): SentenceState {
  const isBefore = ({ state, ended }: Place) => {
    const last = sentences[ended - 1];
    return state.from <= position && (!last || firstAfter(encoding, last.end) <= token);
  };
  const place = places.findLast(isBefore) ?? places[0];
  if (!place) throw new Error('A scanner has a state before its first step.');
  const { state, next } = place;
  return { ...state, from: Math.max(state.from, Math.min(next, position)) };
}

/** The first token after a sentence's end that begins a word. */
function firstAfter({ offsets, ids, continues }: Encoding, end: number): number {
  let token = countBefore(offsets.starts, end);
  while (token < ids.length && continues(token)) token++;
  return token;
}

function shifted({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}

/** Number of tokens that start before a position. */
function countBefore(starts: Int32Array, position: number): number {
  return countWhile(starts.length, (token) => (starts[token] ?? 0) < position);
}

/** Number of tokens that end at or before a position. */
function countUntil(ends: Int32Array, position: number): number {
  return countBefore(ends, position + 1);
}

/** Copies a result, so that keeping it does not keep the reply for its whole batch in memory. */
function whole(output: ModelOutput): ModelOutput {
  return { ...output, values: output.values.slice() };
}

function rangeOf({ encoding: { offsets }, document, position, unit }: View, { index, core }: Chunk): ChunkRange {
  const start = offsets.starts[core.start] ?? 0;
  const end = offsets.ends[core.end - 1] ?? 0;
  return {
    index,
    start: position + document.position(start),
    end: position + document.position(end),
    span: { start: unit + start, end: unit + end },
    tokenCount: core.end - core.start,
  };
}

/** How much of the text so far has been read. */
function progressOf({ token, encoding }: View, { index, core }: Chunk, chunks: readonly Chunk[]): Progress {
  const tokensDone = token + core.end;
  const tokensTotal = token + encoding.ids.length;
  const chunksTotal = (chunks.at(-1)?.index ?? index) + 1;
  return { chunksDone: index + 1, chunksTotal, tokensDone, tokensTotal, fraction: tokensDone / tokensTotal };
}

function timingOf({ encoding }: View, { queueMs, inferenceMs, batchSize, cached }: ModelOutput): Timing {
  return { tokenizeMs: encoding.tokenizeMs, queueMs, inferenceMs, batchSize, cached };
}

import type { GraphAccess } from './graph-client.ts';
import {
  type Aggregation,
  FollowAnalysisDocument,
  type OffsetEncoding,
  ReadTextDocument,
  StartReadingDocument,
} from './graphql.ts';
import type { ReadingEvent } from './reading.ts';
import { RequestError } from './request-error.ts';
import { waitToRetry } from './retry.ts';

/** An analysis to follow, by the id that `startAnalysis` gave. */
export interface AnalysisTarget {
  readonly id: string;
}

/** A text to read. */
export interface TextTarget {
  /** Any well-formed text. */
  readonly text: string;
  /**
   * Read it as a job on the server, which a lost connection does not stop, and which costs the server less while nobody
   * watches. For long texts. By default it is read only while it is followed.
   */
  readonly job?: boolean;
  /** The id of the job that was started for it before. */
  readonly id?: string;
  /** Whether each chunk comes with its sentiment. */
  readonly sentiment?: boolean;
  /** A NER model; the default one of the server if it is not given. */
  readonly model?: string;
  /** A SENTIMENT model, for a job; the default one of the server if it is not given. */
  readonly sentimentModel?: string;
  readonly aggregation?: Aggregation;
  /** Only these types, as in `['PER', 'ORG']`. */
  readonly types?: readonly string[];
  /** Only entities with at least this confidence, 0 to 1. */
  readonly minConfidence?: number;
  /** The unit of all positions; UTF-16 code units, those of JavaScript's strings, by default. */
  readonly offsetEncoding?: OffsetEncoding;
}

/** How a text or an analysis is followed. */
export interface FollowOptions {
  /** The cursor of the last event seen: resumes after it. */
  readonly after?: string;
  /** Ends it: the stream throws what the signal was aborted with. */
  readonly signal?: AbortSignal;
  /** Called each time the connection or the server is lost, before it is tried again; what it throws ends the stream. */
  readonly onLost?: (error: RequestError) => void;
  /** Called with the id of the job, if the text is read as one. */
  readonly onStarted?: (id: string) => void;
}

/** Codes with which the server says that it no longer has the job: the text is read on from the cursor without one. */
const FORGOTTEN = new Set(['ANALYSIS_NOT_FOUND', 'CURSOR_EXPIRED']);

/**
 * The events of the analysis of a text, each once and in order, through any number of lost connections and servers,
 * up to the last one. Throws a {@link RequestError} if trying again does not help.
 */
export async function* readingEvents(
  graph: GraphAccess,
  target: AnalysisTarget | TextTarget,
  options: FollowOptions = {},
): AsyncGenerator<ReadingEvent, void, void> {
  const source = new EventSource(graph, target, options);
  for (let retries = 0; ; retries++) {
    try {
      for await (const event of source.events()) {
        retries = 0;
        if (event.__typename === 'TailAnalyzed') {
          yield event;
          continue;
        }
        source.after = event.cursor;
        if (event.__typename === 'AnalysisFailed') {
          const failure = new RequestError(event.message, event.code);
          // The server stops, and the job with it; the cursor is good for any other server.
          if (failure.isRetryable && source.forgetJob()) throw failure;
        }
        yield event;
        if (event.__typename !== 'ChunkAnalyzed') return;
      }
      throw RequestError.lost('The stream ended early.');
    } catch (error) {
      if (error instanceof RequestError && FORGOTTEN.has(error.code) && source.forgetJob()) continue;
      await waitToRetry(error, retries, options);
    }
  }
}

/** Where the events come from: an analysis that is there, a job that is started for a text, or the reading of a text. */
class EventSource {
  /** The cursor of the last event. */
  after: string | undefined;
  readonly #graph: GraphAccess;
  readonly #target: AnalysisTarget | TextTarget;
  readonly #options: FollowOptions;
  /** Makes the job this follower's own, and lets it ask twice without starting twice. */
  readonly #key = randomKey();
  #isJob: boolean;
  #id: string | undefined;

  constructor(graph: GraphAccess, target: AnalysisTarget | TextTarget, options: FollowOptions) {
    this.#graph = graph;
    this.#target = target;
    this.#options = options;
    this.after = options.after;
    this.#id = target.id;
    this.#isJob = this.#id !== undefined || ('job' in target && target.job === true);
  }

  async *events(): AsyncGenerator<ReadingEvent, void, void> {
    const { signal } = this.#options;
    const after = this.after === undefined ? {} : { after: this.after };
    if (this.#isJob) {
      const id = await this.#start();
      for await (const { analysisEvents } of this.#graph.subscribe(FollowAnalysisDocument, { id, ...after }, signal)) {
        yield analysisEvents;
      }
    } else if ('text' in this.#target) {
      const { job: _, id: __, sentimentModel: ___, ...variables } = this.#target;
      for await (const { analyze } of this.#graph.subscribe(ReadTextDocument, { ...variables, ...after }, signal)) {
        if (analyze.__typename !== 'TailAnalyzed') yield analyze;
      }
    }
  }

  /** Reads on without the job that was started for the text; `false` if there is none. */
  forgetJob(): boolean {
    if (!('text' in this.#target)) return false;
    this.#isJob = false;
    return true;
  }

  async #start(): Promise<string> {
    if (this.#id !== undefined || !('text' in this.#target)) return this.#id ?? '';
    const { job: _, id: __, model, sentimentModel, ...given } = this.#target;
    const models = [model, sentimentModel].filter((each) => each !== undefined);
    const input = { ...given, ...(models.length === 0 ? {} : { models }), idempotencyKey: this.#key };
    const { startAnalysis } = await this.#graph.query(StartReadingDocument, { input }, this.#options.signal);
    if (!startAnalysis) throw RequestError.lost('The analysis was not started.');
    this.#id = startAnalysis.id;
    this.#options.onStarted?.(this.#id);
    return this.#id;
  }
}

/** Random, also in a page that came over plain HTTP, which has no `crypto.randomUUID`. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('');
}

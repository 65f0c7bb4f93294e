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

/** An analysis to follow, by its id from `startAnalysis`. */
export interface AnalysisTarget {
  readonly id: string;
}

/** A text to read. */
export interface TextTarget {
  /** Any well-formed text. */
  readonly text: string;
  /**
   * Whether to read it as a job on the server, which a lost connection does not stop. Meant for long texts.
   *
   * @default false: it is read only while it is followed
   */
  readonly job?: boolean;
  /** The id of a job that was started for it before. */
  readonly id?: string;
  /** Whether each chunk has its sentiment. @default false */
  readonly sentiment?: boolean;
  /** A NER model. @default the server's default model */
  readonly model?: string;
  /** A SENTIMENT model, for a job. @default the server's default model */
  readonly sentimentModel?: string;
  readonly aggregation?: Aggregation;
  /** Only these types, as in `['PER', 'ORG']`. @default all types */
  readonly types?: readonly string[];
  /** Only entities with at least this confidence, 0 to 1. @default 0 */
  readonly minConfidence?: number;
  /** The unit of all positions. @default UTF-16 code units, as in JavaScript strings */
  readonly offsetEncoding?: OffsetEncoding;
}

/** Options of following a text or an analysis. */
export interface FollowOptions {
  /** The cursor of the last event that was received, to resume after it. */
  readonly after?: string;
  /** Aborting it ends the stream, which throws the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Called each time the connection or the server is lost, before a retry. If it throws, the stream ends with that.
   */
  readonly onLost?: (error: RequestError) => void;
  /** Called with the id of the job, if the text is read as one. */
  readonly onStarted?: (id: string) => void;
}

/** Codes that mean that the server no longer has the job; the text is then read from the cursor on without one. */
const FORGOTTEN = new Set(['ANALYSIS_NOT_FOUND', 'CURSOR_EXPIRED']);

/**
 * The events of the analysis of a text, each once and in order, up to the last one, across any number of lost
 * connections and servers. Throws a {@link RequestError} if retries do not help.
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
          // The server is stopping, and so is the job; the cursor is valid on any other server.
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

/** The source of events: an existing analysis, a job that is started for a text, or reading a text without a job. */
class EventSource {
  /** The cursor of the last event. */
  after: string | undefined;
  readonly #graph: GraphAccess;
  readonly #target: AnalysisTarget | TextTarget;
  readonly #options: FollowOptions;
  /** Idempotency key, so that a repeated start does not start two jobs. */
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

  /** Continues without the job that was started for the text. Returns `false` if there is none. */
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

/** A random key. Works in a page over plain HTTP, too, which has no `crypto.randomUUID`. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('');
}

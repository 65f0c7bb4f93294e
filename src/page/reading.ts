import { type Api, mayPass, Refusal, Unreachable } from './api.ts';
import {
  FollowReadingDocument,
  type FollowReadingSubscription,
  ReadTextDocument,
  type ReadTextSubscription,
  StartReadingDocument,
  StopReadingDocument,
} from './client/graphql.ts';

/** From this length on a text is read as a job, so that a lost connection costs nothing but the time that it is lost. */
export const JOB_LENGTH = 20_000;

export type ReadingState =
  | 'reading'
  | 'paused'
  /** The connection is lost, and is being made again. */
  | 'lost'
  | 'done'
  | 'cancelled'
  | 'failed';

export type ReadingEvent = ReadTextSubscription['analyze'] | FollowReadingSubscription['analysisEvents'];
export type ChunkEvent = Extract<ReadingEvent, { __typename: 'ChunkAnalyzed' }>;
export type EndEvent = Extract<ReadingEvent, { __typename: 'AnalysisCompleted' }>;

export interface ReadingObserver {
  /** A chunk was read. */
  readonly onChunk: (event: ChunkEvent) => void;
  /** The last event of a text that was read to its end. */
  readonly onEnd: (event: EndEvent) => void;
  /** @param why what went wrong, under `lost` and `failed` */
  readonly onState: (state: ReadingState, why?: string) => void;
}

/** Milliseconds before the first new try, and at most. */
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 8_000;

/** Codes with which the server says that it no longer has the job: the text is read on from the cursor without one. */
const FORGOTTEN = new Set(['ANALYSIS_NOT_FOUND', 'CURSOR_EXPIRED']);

/**
 * Follows the analysis of one text through pauses and lost connections, without losing or repeating an event.
 * A short text is read while one watches, a long one as a job; both go on behind the last cursor.
 */
export class Reading {
  readonly text: string;
  readonly #api: Api;
  readonly #observer: ReadingObserver;
  /** Makes the job of this reading its own: whoever cancels it ends nobody else's. */
  readonly #key = randomKey();
  /** Ends what is under way when one pauses or cancels. */
  #following = new AbortController();
  #state: ReadingState = 'reading';
  #isJob: boolean;
  #id: string | undefined;
  #after: string | undefined;

  constructor(api: Api, text: string, observer: ReadingObserver) {
    this.#api = api;
    this.text = text;
    this.#observer = observer;
    this.#isJob = text.length >= JOB_LENGTH;
  }

  get state(): ReadingState {
    return this.#state;
  }

  /** Whether the server reads on while one pauses. */
  get isJob(): boolean {
    return this.#isJob;
  }

  /** Whether it may still give events. */
  get isOpen(): boolean {
    return this.#state === 'reading' || this.#state === 'paused' || this.#state === 'lost';
  }

  /** Reads, or reads on behind the last event. */
  start(): void {
    this.#following = new AbortController();
    this.#to('reading');
    void this.#follow(this.#following.signal);
  }

  pause(): void {
    if (!this.isOpen) return;
    this.#following.abort();
    this.#to('paused');
  }

  /** Ends it for good; what was read stays. */
  cancel(): void {
    if (!this.isOpen) return;
    this.#following.abort();
    this.#to('cancelled');
    // Whoever cancels need not wait, and an analysis that nobody ends is ended by the server.
    if (this.#id !== undefined) this.#api.run(StopReadingDocument, { id: this.#id }).catch(() => undefined);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        for await (const event of this.#events(signal)) {
          if (signal.aborted) return;
          tries = 0;
          if (this.#state === 'lost') this.#to('reading');
          if (this.#take(event)) return;
        }
        if (!signal.aborted) throw new Unreachable('The stream ended early.');
      } catch (error) {
        if (signal.aborted) return;
        if (!(await this.#recover(error, tries, signal))) return;
      }
    }
  }

  async *#events(signal: AbortSignal): AsyncGenerator<ReadingEvent, void, void> {
    const after = this.#after === undefined ? {} : { after: this.#after };
    if (!this.#isJob) {
      for await (const { analyze } of this.#api.subscribe(ReadTextDocument, { text: this.text, ...after }, signal)) {
        yield analyze;
      }
      return;
    }
    this.#id ??= (
      await this.#api.run(StartReadingDocument, { text: this.text, key: this.#key }, signal)
    ).startAnalysis.id;
    const variables = { id: this.#id, ...after };
    for await (const { analysisEvents } of this.#api.subscribe(FollowReadingDocument, variables, signal)) {
      yield analysisEvents;
    }
  }

  /** Takes an event; tells whether it was the last. */
  #take(event: ReadingEvent): boolean {
    if (event.__typename === 'AnalysisFailed') {
      const failure = new Refusal(event.message, event.code);
      // The server stops, and with it the job; its cursor is good for any other server.
      if (mayPass(failure)) {
        this.#forgetJob(event.cursor);
        throw failure;
      }
      this.#to(event.code === 'CANCELLED' ? 'cancelled' : 'failed', event.message);
      return true;
    }
    this.#after = event.cursor;
    if (event.__typename === 'ChunkAnalyzed') {
      this.#observer.onChunk(event);
      return false;
    }
    this.#observer.onEnd(event);
    this.#to('done');
    return true;
  }

  /** Waits until it makes sense to try again; false where it does not. */
  async #recover(error: unknown, tries: number, signal: AbortSignal): Promise<boolean> {
    if (error instanceof Refusal && FORGOTTEN.has(error.code) && this.#isJob) {
      this.#forgetJob(this.#after);
      return true;
    }
    if (!mayPass(error)) {
      this.#to('failed', error instanceof Error ? error.message : String(error));
      return false;
    }
    this.#to('lost', error.message);
    const backoff = Math.min(FIRST_RETRY_MS * 2 ** tries, LAST_RETRY_MS) * (0.75 + Math.random() / 2);
    const wanted = error instanceof Refusal ? error.retryAfterMs : undefined;
    await pause(wanted ?? backoff, signal);
    return true;
  }

  #forgetJob(cursor: string | undefined): void {
    this.#isJob = false;
    this.#id = undefined;
    this.#after = cursor;
  }

  #to(state: ReadingState, why?: string): void {
    this.#state = state;
    this.#observer.onState(state, why);
  }
}

/** Random, also where a page came over plain HTTP and `crypto.randomUUID` is missing. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('');
}

/** Waits, but not longer than until the browser is online again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}

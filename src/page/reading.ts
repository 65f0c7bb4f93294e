import type { BertqlClient, ChunkEvent, CompletedEvent } from '../client/index.ts';
import { messageOf } from '../thrown.ts';
import type { Picked } from './models-menu.ts';

/** Texts of at least this length are read as a job, which continues while the connection is lost. */
const JOB_LENGTH = 20_000;

export type ReadingState =
  | 'reading'
  | 'paused'
  /** The connection is lost and is being restored. */
  | 'lost'
  | 'done'
  | 'cancelled'
  | 'failed';

export interface ReadingObserver {
  /** Called with each chunk that was read. */
  readonly onChunk: (event: ChunkEvent) => void;
  /** Called with the last event of a text that was read to its end. */
  readonly onEnd: (event: CompletedEvent) => void;
  /** @param why the reason for `lost` and `failed` */
  readonly onState: (state: ReadingState, why?: string) => void;
}

/**
 * Follows the analysis of one text through pauses and lost connections, without losing or repeating an event.
 * A short text is read as a stream, a long one as a job; both resume after the last cursor.
 */
export class Reading {
  readonly text: string;
  /** Whether the server continues during a pause. */
  readonly isJob: boolean;
  readonly #client: BertqlClient;
  readonly #models: Picked;
  readonly #observer: ReadingObserver;
  /** Stops the stream on pause or cancel. */
  #following = new AbortController();
  #state: ReadingState = 'reading';
  #id: string | undefined;
  #after: string | undefined;

  constructor(client: BertqlClient, text: string, models: Picked, observer: ReadingObserver) {
    this.#models = models;
    this.#client = client;
    this.text = text;
    this.#observer = observer;
    this.isJob = text.length >= JOB_LENGTH;
  }

  get state(): ReadingState {
    return this.#state;
  }

  /** Whether more events may come. */
  get isOpen(): boolean {
    return this.#state === 'reading' || this.#state === 'paused' || this.#state === 'lost';
  }

  /** Starts, or resumes after the last event. */
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

  /** Ends it for good; what was read stays on the page. */
  cancel(): void {
    if (!this.isOpen) return;
    this.#following.abort();
    this.#to('cancelled');
    // The answer does not matter: the server ends abandoned analyses by itself.
    if (this.#id !== undefined) this.#client.cancel(this.#id).catch(() => undefined);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    // A long text is too long to score by sentence, so its chunks are scored while it is read, job or not.
    const { ner, sentiment } = this.#models;
    const target = {
      text: this.text,
      job: this.isJob,
      sentiment: this.isJob,
      ...(ner === undefined ? {} : { model: ner }),
      ...(sentiment === undefined ? {} : { sentimentModel: sentiment }),
    };
    try {
      const events = this.#client.events(this.#id === undefined ? target : { ...target, id: this.#id }, {
        ...(this.#after === undefined ? {} : { after: this.#after }),
        signal,
        onLost: ({ message }) => this.#to('lost', message),
        onStarted: (id) => {
          this.#id = id;
        },
      });
      for await (const event of events) {
        if (this.#state === 'lost') this.#to('reading');
        // A text that does not grow has no tail.
        if (event.__typename === 'TailAnalyzed') continue;
        this.#after = event.cursor;
        if (event.__typename === 'ChunkAnalyzed') this.#observer.onChunk(event);
        else if (event.__typename === 'AnalysisCompleted') {
          this.#observer.onEnd(event);
          this.#to('done');
        } else this.#to(event.code === 'CANCELLED' ? 'cancelled' : 'failed', event.message);
      }
    } catch (error) {
      if (!signal.aborted) this.#to('failed', messageOf(error));
    }
  }

  #to(state: ReadingState, why?: string): void {
    this.#state = state;
    this.#observer.onState(state, why);
  }
}

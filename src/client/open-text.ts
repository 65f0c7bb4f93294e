import { type FollowOptions, randomKey, readingEvents, type TextTarget } from './follow.ts';
import type { GraphAccess } from './graph-client.ts';
import { AppendToReadingDocument, FinishReadingDocument, StartReadingDocument } from './graphql.ts';
import { NOTHING_READ, type Reading, type ReadingEvent, reduceReading } from './reading.ts';
import { RequestError } from './request-error.ts';
import { retrying, waitToRetry } from './retry.ts';

/** Options of {@link OpenText}. */
export type OpenTextOptions = Omit<TextTarget, 'text' | 'job' | 'id'> & {
  /** Its beginning. @default '' */
  readonly text?: string;
  /** Aborting it ends appends and reading; what was appended stays on the server. */
  readonly signal?: AbortSignal;
  /** Called each time the connection or the server is lost, before a retry. If it throws, appends and reading fail. */
  readonly onLost?: (error: RequestError) => void;
};

/**
 * A text that can be appended to. Every part is read at once, and settled results never change. Appending and reading
 * survive lost connections; if a server has lost the text, it is sent again.
 *
 * @example
 * const text = client.openText();
 * void text.append('Angela Merkel flew to ');
 * for await (const { entities, tail } of text.follow()) show(entities, tail?.entities);
 */
export class OpenText {
  readonly #graph: GraphAccess;
  readonly #options: OpenTextOptions;
  /** Idempotency key, so that repeated starts are one text on the server. */
  readonly #key = randomKey();
  #started: Promise<string> | undefined;
  /** Everything that was appended. */
  #text: string;
  /** How much of it the server has confirmed, in UTF-16 code units. */
  #length = 0;
  #sending: Promise<void> | undefined;

  constructor(graph: GraphAccess, options: OpenTextOptions = {}) {
    this.#graph = graph;
    this.#options = options;
    this.#text = options.text ?? '';
    // If it cannot be started, appends and readers report the reason.
    this.#start().catch(() => undefined);
  }

  /** Everything that was appended so far, whether or not the server has it. */
  get text(): string {
    return this.#text;
  }

  /** Its id, once the server has it. */
  get id(): Promise<string> {
    return this.#start();
  }

  /**
   * Appends a part. Resolves when the server has it. Parts that wait for another to be sent are sent together. Throws a
   * {@link RequestError} if retries do not help, such as TEXT_CLOSED or TEXT_TOO_LONG.
   *
   * @example
   * await text.append('Angela Merkel flew to ');
   */
  async append(part: string): Promise<void> {
    this.#text += part;
    const end = this.#text.length;
    while (this.#length < end) {
      this.#sending ??= this.#send().finally(() => {
        this.#sending = undefined;
      });
      await this.#sending;
    }
  }

  /**
   * Closes the text when everything has arrived: the rest is read, and the reading completes. Throws as {@link append}
   * does.
   */
  async finish(): Promise<void> {
    await this.append('');
    await this.#patiently(async (id) => void (await this.#query(FinishReadingDocument, { id })));
  }

  /**
   * Yields all that is known of the text after every event; the last time after it is finished. Throws a
   * {@link RequestError} if retries do not help.
   *
   * @example
   * for await (const { entities, tail } of text.follow()) show(entities, tail?.entities);
   */
  async *follow(
    options: Pick<FollowOptions, 'after' | 'onLost' | 'signal'> = {},
  ): AsyncGenerator<Reading, Reading, void> {
    let reading = NOTHING_READ;
    for await (const event of this.events(options)) yield (reading = reduceReading(reading, event));
    return reading;
  }

  /** The single events of {@link OpenText.follow}, for callers who keep their own state. */
  async *events(
    options: Pick<FollowOptions, 'after' | 'onLost' | 'signal'> = {},
  ): AsyncGenerator<ReadingEvent, void, void> {
    const { signal, onLost } = { ...this.#options, ...options };
    let { after } = options;
    for (let retries = 0; ; retries++) {
      let failure: RequestError | undefined;
      try {
        const given = {
          ...(after === undefined ? {} : { after }),
          ...(signal && { signal }),
          ...(onLost && { onLost }),
        };
        for await (const event of readingEvents(this.#graph, { id: await this.#start() }, given)) {
          if (event.__typename === 'AnalysisFailed') {
            failure = new RequestError(event.message, event.code);
            if (failure.isRetryable) break;
          }
          retries = 0;
          if (event.__typename !== 'TailAnalyzed') after = event.cursor;
          yield event;
          if (event.__typename === 'AnalysisCompleted' || event.__typename === 'AnalysisFailed') return;
        }
      } catch (error) {
        if (!isForgotten(error)) throw error;
      }
      if (failure) await waitToRetry(failure, retries, { signal, onLost });
      signal?.throwIfAborted();
      // The text is the same, so its events are, too: the cursor is valid for the new analysis.
      this.#forget();
    }
  }

  #start(): Promise<string> {
    return (this.#started ??= this.#open());
  }

  async #open(): Promise<string> {
    const { signal: _, onLost: __, model, sentimentModel, ...given } = this.#options;
    const models = [model, sentimentModel].filter((each) => each !== undefined);
    const input = {
      ...given,
      text: this.#text,
      open: true,
      idempotencyKey: this.#key,
      ...(models.length === 0 ? {} : { models }),
    };
    const { startAnalysis } = await this.#retrying(() => this.#query(StartReadingDocument, { input }));
    this.#length = startAnalysis.length;
    return startAnalysis.id;
  }

  #forget(): void {
    this.#started = undefined;
    this.#length = 0;
  }

  async #send(): Promise<void> {
    await this.#patiently(async (id) => {
      const at = this.#length;
      const part = this.#text.slice(at);
      if (part === '') return;
      const { appendText } = await this.#query(AppendToReadingDocument, { id, at, text: part });
      this.#length = appendText.length;
    });
  }

  /** Performs an action on the server's text; starts it again if the server has lost it. */
  async #patiently(action: (id: string) => Promise<void>): Promise<void> {
    while (true) {
      const id = await this.#start();
      try {
        await this.#retrying(() => action(id));
        return;
      } catch (error) {
        if (!isForgotten(error)) throw error;
        if ((await this.#start()) === id) this.#forget();
      }
    }
  }

  #retrying<T>(action: () => Promise<T>): Promise<T> {
    return retrying(action, this.#options);
  }

  readonly #query: GraphAccess['query'] = (operation, variables) =>
    this.#graph.query(operation, variables, this.#options.signal);
}

function isForgotten(error: unknown): boolean {
  return error instanceof RequestError && (error.code === 'ANALYSIS_NOT_FOUND' || error.code === 'CURSOR_EXPIRED');
}

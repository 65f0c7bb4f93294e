import { type BertqlClient, EntitiesDocument, RequestError } from '../client/index.ts';
import { backoffMs, pause } from '../client/retry.ts';
import type { Stretch } from './leaf-view.ts';

/** A name in a text that is being written. */
export interface LiveName extends Stretch {
  readonly text: string;
  readonly type: string;
  readonly confidence: number;
  readonly chunkIndex: number;
  /** Nothing that is written after it can change it any more. */
  readonly isSettled: boolean;
}

/** Finds the names of a text while it is written. */
export class LiveNames {
  readonly #client: BertqlClient;
  readonly #model: string | undefined;
  readonly #onNames: (names: readonly LiveName[], text: string) => void;
  readonly #ended = new AbortController();
  #wanted = '';
  #isAsking = false;

  /**
   * @param model a NER model; the default one of the server if it is not given
   * @param onNames called with the names of a text, which may be older than what is written by now
   */
  constructor(
    client: BertqlClient,
    model: string | undefined,
    onNames: (names: readonly LiveName[], text: string) => void,
  ) {
    this.#client = client;
    this.#model = model;
    this.#onNames = onNames;
  }

  /** Says what is written now. */
  update(text: string): void {
    this.#wanted = text.toWellFormed();
    if (!this.#isAsking) void this.#ask();
  }

  close(): void {
    this.#ended.abort();
  }

  async #ask(): Promise<void> {
    const { signal } = this.#ended;
    this.#isAsking = true;
    let known: string | undefined;
    for (let retries = 0; known !== this.#wanted && !signal.aborted; ) {
      const text = this.#wanted;
      try {
        const { entities } = await this.#client.query(
          EntitiesDocument,
          this.#model === undefined ? { text } : { text, model: this.#model },
          signal,
        );
        known = text;
        retries = 0;
        this.#onNames(
          entities.map((entity) => ({ ...entity, isSettled: false })),
          text,
        );
      } catch (error) {
        if (signal.aborted || !(error instanceof RequestError && error.isRetryable)) break;
        await pause(error.retryAfterMs ?? backoffMs(retries++), signal);
      }
    }
    this.#isAsking = false;
  }
}
